import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { MaskedPatches, Objective, ObjectiveResult, ObjectiveSize } from '../contracts/objective.js';
import type { TensorMap } from '../contracts/state.js';
import { constant } from '../tensor/constant.js';
import { differentiate } from '../tensor/engine.js';
import { contextAt, noise, permuteRows, taken } from './probe.js';
import type { Subject } from './rule.js';
import { initialState } from './state.js';

/** Inputs of an objective; the holder owns the tensors. */
export interface Inputs {
  readonly outputs: readonly Tensor2D[];
  readonly targets: readonly Tensor2D[];
  readonly codes: readonly Tensor2D[];
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** The embeddings [B, 4] that were assigned, for an objective that takes logits. */
  readonly embedded: { readonly outputs: readonly Tensor2D[]; readonly targets: readonly Tensor2D[] };
  /** Masked patches, for an objective that masks any. */
  readonly masked?: MaskedPatches;
}

/** Makes the values of a view, a target, a code or masked patches by name: [rows, width]. */
export type Draw = (name: string, shape: readonly [number, number]) => Tensor2D;

const GLOBAL_VIEWS = 2;
const EMBEDDING = 4;

export const normal: Draw = (name, shape) => noise(name, shape) as Tensor2D;

export function objectiveSize({ example }: Subject<Objective>, batchSize = 8, width = 6): ObjectiveSize {
  return { batchSize, width, views: example.views ?? 2, prototypes: width, embeddingDim: EMBEDDING };
}

/** Inputs for the capabilities that the objective requires: targets, codes, prototypes. */
export function inputsOf(
  { component, options, example }: Subject<Objective>,
  objective: Objective,
  [size, draw]: readonly [ObjectiveSize, Draw],
): Inputs {
  const requires = component.requires?.(options) ?? [];
  const many = (kind: string, count: number, width = size.width): Tensor2D[] =>
    Array.from({ length: count }, (_, i) => draw(`${kind} ${i}`, [size.batchSize, width]));
  // With a predictor, the embeddings before it are targets, as with a teacher.
  const taught = (['teacher', 'predictor'] as const).some(capability => requires.includes(capability))
    ? GLOBAL_VIEWS
    : 0;
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
    ...maskedPatches(objective, requires.includes('teacher'), [size, draw]),
  };
}

const GRID = [2, 3] as const;

function maskedPatches(
  objective: Objective,
  taught: boolean,
  [{ batchSize, width }, draw]: readonly [ObjectiveSize, Draw],
): Pick<Inputs, 'masked'> {
  const images = GLOBAL_VIEWS * batchSize;
  const marks = objective.mask?.({ images, grid: GRID }, contextAt(0, 10));
  if (!marks) return {};
  const places = [...marks.keys()].filter(place => marks[place] !== 0);
  return {
    masked: {
      output: draw('masked 0', [places.length, width]),
      ...(taught && { target: draw('masked teacher 1', [places.length, width]) }),
      pixels: draw('masked pixels', [places.length, width]),
      mask: tf.tensor3d(marks, [images, ...GRID], 'int32'),
      places: tf.tensor1d(places, 'int32'),
    },
  };
}

/** The tensors by which the loss is differentiated: all of the student. */
export function learned({ outputs, masked }: Inputs): readonly Tensor2D[] {
  return masked ? [...outputs, masked.output] : outputs;
}

function softened(scores: Tensor2D): Tensor2D {
  const code = tf.softmax(scores);
  scores.dispose();
  return code;
}

export function disposeInputs(inputs: Inputs): void {
  tf.dispose([...tensorsOf(inputs)]);
}

export function tensorsOf({ outputs, targets, codes, tensors, embedded, masked }: Inputs): readonly Tensor[] {
  const branches = [...outputs, ...targets, ...codes, ...embedded.outputs, ...embedded.targets];
  const patches = masked ? Object.values<Tensor>({ ...masked }) : [];
  return [...branches, ...Object.values(tensors), ...patches];
}

export function compute(objective: Objective, inputs: Inputs, step = 0): ObjectiveResult {
  const { targets, codes, masked } = inputs;
  const constants = {
    targets: targets.map(one => constant(one)),
    codes: codes.map(one => constant(one)),
    ...(masked && { masked: { ...masked, ...(masked.target && { target: constant(masked.target) }) } }),
  };
  return objective.compute({ ...inputs, ...constants }, contextAt(step, 10));
}

/** The loss on the host. */
export function lossOf(objective: Objective, inputs: Inputs): number {
  return taken(tf.tidy(() => compute(objective, inputs).loss))[0];
}

/** Gradient of the loss by each tensor of {@link learned}; zeros where there is none. */
export function gradientsOf(objective: Objective, inputs: Inputs): Float32Array[] {
  return tf.tidy(() => {
    const loss = () => tf.clone(compute(objective, inputs).loss);
    const { gradients } = differentiate(loss, [...learned(inputs)]);
    return learned(inputs).map((view, i) => Float32Array.from(gradients[i]?.dataSync() ?? new Float32Array(view.size)));
  });
}

/** Inputs with the images of the batch in another order, the same in all views; masked patches keep theirs. */
export function reordered(inputs: Inputs, order: ArrayLike<number>): Inputs {
  const move = (one: Tensor2D): Tensor2D =>
    tf.tensor2d(permuteRows(one.dataSync() as Float32Array, one.shape[1], order), one.shape);
  const copies = <T extends object>(tensors: T): T =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.clone(tensor as Tensor)])) as T;
  const { outputs, targets } = inputs.embedded;
  return {
    outputs: inputs.outputs.map(move),
    targets: inputs.targets.map(move),
    codes: inputs.codes.map(move),
    tensors: copies(inputs.tensors),
    embedded: { outputs: outputs.map(move), targets: targets.map(move) },
    ...(inputs.masked && { masked: copies(inputs.masked) }),
  };
}

/** Inputs with another value of each tensor of {@link learned}: tensor + by. All others are shared with the originals. */
export function moved(inputs: Inputs, by: readonly Float32Array[]): Inputs {
  const { outputs, masked } = inputs;
  const shifted = learned(inputs).map((one, i) => tf.tidy(() => tf.add<Tensor2D>(one, tf.tensor2d(by[i], one.shape))));
  return {
    ...inputs,
    outputs: shifted.slice(0, outputs.length),
    ...(masked && { masked: { ...masked, output: shifted[outputs.length] } }),
  };
}
