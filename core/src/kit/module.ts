import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { singleProcess } from '../builtin/single-process.js';
import type { Cost } from '../contracts/cost.js';
import type { Encoder } from '../contracts/encoder.js';
import type { Head } from '../contracts/head.js';
import type { Pass, WeightSpec } from '../contracts/weights.js';
import { ownRows } from '../tensor/own-rows.js';
import { seededStreams } from '../tensor/random.js';
import { tf } from '../tensor/tf.js';
import { WeightStore } from '../tensor/weight-store.js';
import { noise } from './probe.js';
import type { Rule, Subject } from './rule.js';

/** An encoder or a head as a differentiable map with weights. */
export interface Module {
  readonly specs: readonly WeightSpec[];
  /** Shape of its input without the batch. */
  readonly input: readonly number[];
  readonly outputDim: number;
  readonly costs: readonly Cost[];
  forward(input: Tensor, pass: Pass): Tensor2D;
}

const HEAD_INPUT = 6;

/** An encoder as a map to features; one that can mask patches masks every third of the global batch in training. */
export function moduleOfEncoder(subject: Subject<Encoder>): Module {
  const { make, example } = subject;
  const encoder = make();
  const masked = (images: Tensor4D, pass: Pass): Tensor2D => {
    const rows = ownRows(images.shape[0], pass.images ?? images.shape[0], pass.collective);
    const mask = maskOf(encoder, images, ({ row, patch, patches }) =>
      (rows[row] * patches + patch) % 3 === 0 ? 1 : 0,
    );
    return encoder.tokens!(images, pass, mask).feature;
  };
  const side = Math.max(encoder.minimumSize, 8);
  const input = example.image ?? [side, side, 3];
  return {
    specs: encoder.weights(input),
    input,
    outputDim: encoder.featureDim,
    costs: encoder.cost(input),
    forward: (images, pass) =>
      pass.training && hidesPatches(subject)
        ? masked(images as Tensor4D, pass)
        : encoder.forward(images as Tensor4D, pass),
  };
}

export function hidesPatches({ component, options }: Subject<Encoder>): boolean {
  return component.provides?.(options, () => [])?.includes('masked-tokens') ?? false;
}

/** A patch of an image of a batch. */
interface PatchPlace {
  readonly row: number;
  readonly patch: number;
  /** Patches of an image. */
  readonly patches: number;
}

/** [B, rows, columns] for images. */
export function maskOf(encoder: Encoder, { shape }: Tensor4D, mark: (place: PatchPlace) => number): Tensor3D {
  const grid = encoder.grid!(shape[1], shape[2]);
  const patches = grid[0] * grid[1];
  const marks = Array.from({ length: shape[0] * patches }, (_, place) =>
    mark({ row: Math.floor(place / patches), patch: place % patches, patches }),
  );
  return tf.tensor3d(marks, [shape[0], ...grid], 'int32');
}

export function moduleOfHead({ make }: Subject<Head>): Module {
  const head = make();
  return {
    specs: head.weights([HEAD_INPUT]),
    input: [HEAD_INPUT],
    outputDim: head.outputDim(HEAD_INPUT),
    costs: head.cost(HEAD_INPUT),
    forward: (features, pass) => head.forward(features as Tensor2D, pass),
  };
}

/** Converts rules for modules to rules for components. */
export function onModule<T>(
  moduleOf: (subject: Subject<T>) => Module,
  rules: readonly {
    readonly name: string;
    readonly check: (module: Module) => readonly string[] | Promise<readonly string[]>;
  }[],
): readonly Rule<T>[] {
  return rules.map(({ name, check }) => ({ name, check: subject => check(moduleOf(subject)) }));
}

/** A module's weights with new values. Noise is added to the trainable ones, so that none is zero. */
export function storeOf(specs: readonly WeightSpec[], seed = 1): WeightStore {
  const store = new WeightStore();
  store.add('module', specs, seededStreams(seed));
  for (const { name, variable } of store.parameters()) {
    tf.tidy(() => variable.assign(tf.add(variable, noise(`${name} ${String(seed)}`, variable.shape, 0.1))));
  }
  return store;
}

/** Runs work with weights that are disposed afterwards. */
export async function withStore<R>(
  module: Module,
  work: (store: WeightStore) => R | Promise<R>,
  seed?: number,
): Promise<R> {
  const store = storeOf(module.specs, seed);
  try {
    return await work(store);
  } finally {
    store.dispose();
  }
}

export function passOver(store: WeightStore, training: boolean): Pass {
  return store.pass('module', training, singleProcess);
}

/**
 * Runs work with a training pass that does not store new values of weights, so that it can run again from the same
 * weights. `updates` has these values.
 */
export function withOwnUpdates<R>(
  store: WeightStore,
  options: Pick<Pass, 'collective' | 'random' | 'images'>,
  work: (pass: Pass, updates: ReadonlyMap<string, Tensor>) => R,
): R {
  const updates = new Map<string, Tensor>();
  const stored = store.pass('module', true, options.collective);
  const pass: Pass = {
    ...stored,
    ...options,
    weight: <T extends Tensor>(name: string) => (updates.get(name) ?? stored.weight(name)) as T,
    update: (name, value) => {
      updates.get(name)?.dispose();
      updates.set(name, tf.keep(tf.clone(value)));
    },
  };
  try {
    return work(pass, updates);
  } finally {
    tf.dispose([...updates.values()]);
  }
}

/** [B, ...input], normal values. */
export function inputOf({ input }: Module, batch: number, purpose = 'input'): Tensor {
  return noise(purpose, [batch, ...input]);
}
