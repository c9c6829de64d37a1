import {
  againstTargets,
  chunkRows,
  crossPairs,
  inRowChunks,
  kernels,
  sourcesOf,
  tf,
  type Comparison,
  type ObjectiveInputs,
} from '@carl-ssl/core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
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
 * centred and sharpened assignment of a target.
 */
export function distillation(sides: Sides, at: Sharpening): Scalar {
  return againstTargets(crossPairs(sides.outputs, sourcesOf(sides)), comparisonOf(sides, at)).mean;
}

/** Cross-entropies [B] of the first output to the first target, as {@link distillation}. */
export function entropiesOf(sides: Sides, at: Sharpening): Tensor1D {
  const [view] = sides.outputs;
  const { shared, target, compare } = comparisonOf(sides, at);
  const inputs = { rows: [view], constants: sourcesOf(sides).slice(0, 1), shared };
  return inRowChunks(inputs, chunkRows(...view.shape), ({ rows, constants, ...chunk }) =>
    compare(rows[0], target(constants[0], chunk.shared)),
  ).values;
}

function comparisonOf({ codes }: Sides, { center, teacher, student }: Sharpening): Required<Comparison> {
  const sharpened = (logits: Tensor2D, [own]: readonly Tensor[]): Tensor2D =>
    centered(logits, own as Tensor1D, teacher);
  return {
    shared: [center],
    target: codes.length > 0 ? code => code : sharpened,
    compare: (view, target) => ({ values: kernels.softmaxCrossEntropy(tf.div<Tensor2D>(view, student), target) }),
  };
}
