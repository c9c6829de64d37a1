import {
  chunkRows,
  constant,
  crossPairs,
  inRowChunks,
  kernels,
  meanCrossEntropy,
  targetsOf,
  type ObjectiveInputs,
  type ObjectiveMatrices,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { centered } from './center.js';

/** Temperatures of both branches, and the centre [K]. */
export interface Sharpening {
  readonly student: number;
  readonly teacher: number;
  readonly center: Tensor1D;
}

type Sides = Pick<ObjectiveInputs, 'outputs' | 'targets' | 'codes'>;

/**
 * Mean over pairs (view, target) of different views and over the batch of the cross-entropy of a view's logits [B, K] to the
 * centred and sharpened assignment of a target. Large matrices are computed some rows at a time, one view after the other.
 */
export function distillation(sides: Sides, at: Sharpening): Scalar {
  const { outputs } = sides;
  const sources = sourcesOf(sides);
  if (rowsTogether(sides) >= outputs[0].shape[0]) {
    const logits = outputs.map(view => tf.div<Tensor2D>(view, at.student));
    return meanCrossEntropy(crossPairs(logits, assignmentsOf(sides, at)));
  }
  const others = outputs.map((_, v) => sources.filter((_source, i) => i !== v));
  const terms = outputs.flatMap((view, v) =>
    others[v].length === 0 ? [] : [tf.mean<Scalar>(entropiesInChunks(view, others[v], { sides, at }))],
  );
  return tf.div(tf.addN(terms), others.flat().length);
}

/** Cross-entropies [B] of the first output to the first target, as {@link distillation}. */
export function entropiesOf(sides: Sides, at: Sharpening): Tensor1D {
  const [logits] = sides.outputs;
  if (rowsTogether(sides) < logits.shape[0])
    return entropiesInChunks(logits, sourcesOf(sides).slice(0, 1), { sides, at });
  return kernels.softmaxCrossEntropy(tf.div<Tensor2D>(logits, at.student), assignmentsOf(sides, at)[0]);
}

/** Softmax, logits and targets of each view, [N, K]. Of large batches, the gradient of one view and its parts, and those of a chunk. */
export function distillationMatrices(
  { rows, columns }: Omit<ObjectiveMatrices, 'count'>,
  views: number,
): readonly ObjectiveMatrices[] {
  const atOnce = chunkRows(rows, views * columns);
  if (rows === atOnce) return [{ rows, columns, count: 3 * views }];
  return [
    { rows, columns, count: 1 },
    { rows: atOnce, columns, count: 4 },
  ];
}

const rowsTogether = ({ outputs }: Sides): number =>
  chunkRows(outputs[0].shape[0], outputs.length * outputs[0].shape[1]);

/** Codes, or logits that become targets. */
const sourcesOf = ({ outputs, targets, codes }: Sides): readonly Tensor2D[] =>
  (codes.length > 0 ? codes : targets.length > 0 ? targets : outputs).map(source => constant(source));

const assignmentsOf = (sides: Sides, { center, teacher }: Sharpening): readonly Tensor2D[] =>
  targetsOf(sides, logits => centered(logits, center, teacher));

/** Cross-entropies [B] to the sum of the assignments of several sources. */
function entropiesInChunks(
  view: Tensor2D,
  sources: readonly Tensor2D[],
  { sides, at }: { readonly sides: Sides; readonly at: Sharpening },
): Tensor1D {
  const inputs = { rows: [view], constants: sources, shared: [at.center] };
  return inRowChunks(inputs, rowsTogether(sides), ({ rows: [logits], constants, shared: [center] }) => {
    const sharpened = (own: Tensor2D): Tensor2D => centered(own, center as Tensor1D, at.teacher);
    const assigned = sides.codes.length > 0 ? constants : constants.map(sharpened);
    return { values: kernels.softmaxCrossEntropy(tf.div<Tensor2D>(logits, at.student), sumOf(assigned)) };
  }).values;
}

const sumOf = (tensors: readonly Tensor2D[]): Tensor2D => (tensors.length === 1 ? tensors[0] : tf.addN([...tensors]));
