import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Objective, ObjectiveResult, ObjectiveSize } from '../contracts/objective.js';
import type { TensorMap } from '../contracts/state.js';
import { constant } from '../tensor/constant.js';
import { differentiate } from '../tensor/engine.js';
import { contextAt, noise, permuteRows, taken } from './probe.js';
import type { Subject } from './rule.js';
import { initialState } from './state.js';

/** Everything an objective is given, owned by whoever holds it. */
export interface Inputs {
  readonly outputs: readonly Tensor2D[];
  readonly targets: readonly Tensor2D[];
  readonly codes: readonly Tensor2D[];
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** The embeddings [B, 4] that were assigned, for an objective that takes logits. */
  readonly embedded: { readonly outputs: readonly Tensor2D[]; readonly targets: readonly Tensor2D[] };
}

/** How the values of views, teachers and codes come about, from the name of each: [B, width]. */
export type Draw = (name: string, shape: readonly [number, number]) => Tensor2D;

const GLOBAL_VIEWS = 2;
const EMBEDDING = 4;

export const normal: Draw = (name, shape) => noise(name, shape) as Tensor2D;

export function objectiveSize({ example }: Subject<Objective>, batchSize = 8, width = 6): ObjectiveSize {
  return { batchSize, width, views: example.views ?? 2, prototypes: width, embeddingDim: EMBEDDING };
}

/** Inputs for the capabilities the objective requires: a teacher's views, codes, prototypes. */
export function inputsOf(
  { component, options, example }: Subject<Objective>,
  objective: Objective,
  [size, draw]: readonly [ObjectiveSize, Draw],
): Inputs {
  const requires = component.requires?.(options) ?? [];
  const many = (kind: string, count: number, width = size.width): Tensor2D[] =>
    Array.from({ length: count }, (_, i) => draw(`${kind} ${i}`, [size.batchSize, width]));
  // What a predictor predicts counts as a teacher too.
  const taught = ['teacher', 'predictor'].some(capability => requires.includes(capability)) ? GLOBAL_VIEWS : 0;
  const assigned = requires.includes('assignments');
  const wanted = assigned || requires.includes('prototypes');
  const prototypes: TensorMap = wanted
    ? { prototypes: noise('prototypes', [size.width, assigned ? EMBEDDING : size.width]) }
    : {};
  return {
    outputs: many('view', size.views),
    targets: many('teacher', taught),
    codes: requires.includes('codes') || example.codes ? many('code', taught || size.views).map(softened) : [],
    tensors: { ...prototypes, ...initialState(objective.state(size)), ...example.tensors?.(size) },
    embedded: {
      outputs: assigned ? many('embedded', size.views, EMBEDDING) : [],
      targets: assigned ? many('taught', taught, EMBEDDING) : [],
    },
  };
}

function softened(scores: Tensor2D): Tensor2D {
  const code = tf.softmax(scores);
  scores.dispose();
  return code;
}

export function disposeInputs(inputs: Inputs): void {
  tf.dispose([...tensorsOf(inputs)]);
}

export function tensorsOf({ outputs, targets, codes, tensors, embedded }: Inputs): readonly Tensor[] {
  return [...outputs, ...targets, ...codes, ...embedded.outputs, ...embedded.targets, ...Object.values(tensors)];
}

export function compute(objective: Objective, inputs: Inputs, step = 0): ObjectiveResult {
  const { targets, codes } = inputs;
  const constants = { targets: targets.map(one => constant(one)), codes: codes.map(one => constant(one)) };
  return objective.compute({ ...inputs, ...constants }, contextAt(step, 10));
}

/** The loss on the host. */
export function lossOf(objective: Objective, inputs: Inputs): number {
  return taken(tf.tidy(() => compute(objective, inputs).loss))[0];
}

/** Gradient of the loss by each view; zeros where there is none. */
export function gradientsOf(objective: Objective, inputs: Inputs): Float32Array[] {
  return tf.tidy(() => {
    const loss = () => tf.clone(compute(objective, inputs).loss);
    const { gradients } = differentiate(loss, inputs.outputs);
    return inputs.outputs.map((view, i) => Float32Array.from(gradients[i]?.dataSync() ?? new Float32Array(view.size)));
  });
}

/** Inputs with the images of the batch in another order, in all views alike. */
export function reordered(inputs: Inputs, order: ArrayLike<number>): Inputs {
  const move = (one: Tensor2D): Tensor2D =>
    tf.tensor2d(permuteRows(one.dataSync() as Float32Array, one.shape[1], order), one.shape);
  const copies = Object.fromEntries(Object.entries(inputs.tensors).map(([name, tensor]) => [name, tf.clone(tensor)]));
  const { outputs, targets } = inputs.embedded;
  return {
    outputs: inputs.outputs.map(move),
    targets: inputs.targets.map(move),
    codes: inputs.codes.map(move),
    tensors: copies,
    embedded: { outputs: outputs.map(move), targets: targets.map(move) },
  };
}

/** Inputs with views moved: view + by. Everything else is shared with the originals. */
export function moved(inputs: Inputs, by: readonly Float32Array[]): Inputs {
  return {
    ...inputs,
    outputs: inputs.outputs.map((view, i) => tf.tidy(() => tf.add(view, tf.tensor2d(by[i], view.shape)))),
  };
}
