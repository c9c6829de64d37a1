import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { MaskedPatches, Objective, ObjectiveResult, ObjectiveSize, PatchOutputs } from '../contracts/objective.js';
import type { TensorMap } from '../contracts/state.js';
import { constant } from '../tensor/constant.js';
import { differentiate } from '../tensor/engine.js';
import { tf } from '../tensor/tf.js';
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
  /** All patches, for an objective that uses them. */
  readonly patches?: PatchOutputs;
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
    ...(objective.usesPatches && { patches: patchesOf(size, draw) }),
  };
}

const GRID = [2, 3] as const;

function patchesOf({ batchSize, width }: ObjectiveSize, draw: Draw): PatchOutputs {
  const count = GRID[0] * GRID[1];
  const drawn = (name: string, columns: number, by: Draw): Tensor3D[] =>
    Array.from({ length: GLOBAL_VIEWS }, (_, i) => {
      const rows = by(`${name} ${i}`, [batchSize * count, columns]);
      const shaped = tf.reshape<tf.Rank.R3>(rows, [batchSize, count, columns]);
      rows.dispose();
      return shaped;
    });
  return { outputs: drawn('patches', width, draw), positions: drawn('positions', 2, normal) };
}

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
export function learned({ outputs, masked, patches }: Inputs): readonly Tensor[] {
  return [...outputs, ...(masked ? [masked.output] : []), ...(patches?.outputs ?? [])];
}

function softened(scores: Tensor2D): Tensor2D {
  const code = tf.softmax(scores);
  scores.dispose();
  return code;
}

export function disposeInputs(inputs: Inputs): void {
  tf.dispose([...tensorsOf(inputs)]);
}

export function tensorsOf(inputs: Inputs): readonly Tensor[] {
  const { outputs, targets, codes, tensors, embedded, masked, patches } = inputs;
  const branches = [...outputs, ...targets, ...codes, ...embedded.outputs, ...embedded.targets];
  const hidden = masked ? Object.values<Tensor>({ ...masked }) : [];
  const all = patches ? [...patches.outputs, ...patches.positions] : [];
  return [...branches, ...Object.values(tensors), ...hidden, ...all];
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
  const moveAll = (all: readonly Tensor3D[]): Tensor3D[] =>
    all.map(one => tf.tidy(() => tf.gather(one, tf.tensor1d(Array.from(order), 'int32'))));
  const { outputs, targets } = inputs.embedded;
  return {
    outputs: inputs.outputs.map(move),
    targets: inputs.targets.map(move),
    codes: inputs.codes.map(move),
    tensors: copies(inputs.tensors),
    embedded: { outputs: outputs.map(move), targets: targets.map(move) },
    ...(inputs.masked && { masked: copies(inputs.masked) }),
    ...(inputs.patches && {
      patches: { outputs: moveAll(inputs.patches.outputs), positions: moveAll(inputs.patches.positions) },
    }),
  };
}

/** Inputs with another value of each tensor of {@link learned}: tensor + by. All others are shared with the originals. */
export function moved(inputs: Inputs, by: readonly Float32Array[]): Inputs {
  const { outputs, masked, patches } = inputs;
  const shifted = learned(inputs).map((one, i) => tf.tidy(() => tf.add(one, tf.tensor(by[i], one.shape))));
  const afterViews = outputs.length + (masked ? 1 : 0);
  return {
    ...inputs,
    outputs: shifted.slice(0, outputs.length) as Tensor2D[],
    ...(masked && { masked: { ...masked, output: shifted[outputs.length] as Tensor2D } }),
    ...(patches && { patches: { ...patches, outputs: shifted.slice(afterViews) as Tensor3D[] } }),
  };
}
