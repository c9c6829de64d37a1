import augment from '@carl-ssl/augment';
import {
  type Augmenter,
  type Component,
  type Encoder,
  type EvaluatorResult,
  floatImage,
  type ImageSet,
  linear,
  type NestedOptions,
  type Optimizer,
  pixelImages,
  type ProtocolEvaluator,
  type ProtocolInputs,
  seededStreams,
  type Slot,
  slots,
  type Streams,
} from '@carl-ssl/core';
import { frozenEncoder, singleProcess, WeightStore } from '@carl-ssl/core/testing';
import plugin from '@carl-ssl/evaluate';
import optim from '@carl-ssl/optim';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { Default } from 'typebox/value';

export const SIDE = 4;
export const CLASSES = 3;
export const DIM = 6;

export const componentOf = (slot: { readonly name: string }, use: string): Component =>
  [plugin, optim, augment]
    .flatMap(({ components }) => components as readonly Component[])
    .find(one => one.slot.name === slot.name && one.use === use)!;

const components = {
  create: <T>(slot: Slot<T>, { use, ...options }: NestedOptions): T => {
    const component = componentOf(slot, use);
    return component.create(Default(component.options, structuredClone(options)) as never, { components }) as T;
  },
  requires: () => [],
};

export const evaluator = (use: string, options: object) =>
  components.create(slots.evaluator, { use, ...options }) as ProtocolEvaluator;

/**
 * Images whose first three pixels give the class, and whose other pixels are noise. The encoder sees noise alone: its weights
 * of the first three pixels start at 0.
 */
export function images(streams: Streams, purpose: string, perClass: number): ImageSet {
  const random = streams.at(purpose);
  const length = perClass * CLASSES;
  const labels = Int32Array.from({ length }, (_, i) => i % CLASSES);
  const bytes = Uint8Array.from({ length: length * SIDE * SIDE }, (_, i) => {
    const [pixel, label] = [i % (SIDE * SIDE), labels[Math.floor(i / (SIDE * SIDE))]];
    return pixel < CLASSES ? (pixel === label ? 220 : 20) + random.integer(30) : random.integer(256);
  });
  return pixelImages({ bytes, size: [SIDE, SIDE], channels: 1, labels });
}

const layer = linear('fc', {
  inputs: SIDE * SIDE,
  outputs: DIM,
  initialize: (random, [outputs, inputs]) =>
    Float32Array.from({ length: outputs * inputs }, (_, i) => (i % inputs < CLASSES ? 0 : 0.3 * random.normal())),
});

export const encoder: Encoder = {
  featureDim: DIM,
  minimumSize: 1,
  weights: () => layer.weights,
  forward: (batch, pass) => layer.forward(tf.reshape(batch, [batch.shape[0], -1]) as Tensor2D, pass),
  cost: () => [],
};

const augmenter: Augmenter = {
  views: [{ kind: 'global', height: SIDE, width: SIDE }],
  outputChannels: channels => channels,
  augment: (image, randoms) => randoms.map(() => floatImage(image)),
  plain: floatImage,
};

export interface Change {
  readonly seed?: number;
  readonly train?: (images: ImageSet) => ImageSet;
  readonly test?: (images: ImageSet) => ImageSet;
  readonly withoutValidation?: boolean;
  readonly classCount?: number;
  readonly progress?: ProtocolInputs['progress'];
}

/** Runs a protocol on the toy images. */
export async function run(use: string, options: object, change: Change = {}): Promise<readonly EvaluatorResult[]> {
  const store = new WeightStore();
  const streams = seededStreams(1);
  store.add('encoder', encoder.weights([SIDE, SIDE, 1]), streams);
  const same = (one: ImageSet) => one;
  const evaluation = seededStreams(change.seed ?? 2);
  try {
    return await evaluator(use, options).evaluate({
      encoder: frozenEncoder({ encoder, image: [SIDE, SIDE, 1], store, collective: singleProcess }, evaluation),
      train: (change.train ?? same)(images(streams, 'train', 40)),
      ...(!change.withoutValidation && { validation: images(streams, 'validation', 10) }),
      test: (change.test ?? same)(images(streams, 'test', 20)),
      classCount: change.classCount ?? CLASSES,
      augmenter,
      optimizer: options => components.create<Optimizer>(slots.optimizer, options),
      streams: evaluation,
      signal: new AbortController().signal,
      progress: change.progress ?? (() => Promise.resolve()),
    });
  } finally {
    store.dispose();
  }
}

/** A set that records the places that are read. */
export function recorded(set: ImageSet, places: number[]): ImageSet {
  return {
    ...set,
    read: indices => {
      places.push(...indices);
      return set.read(indices);
    },
  };
}

export const valueOf = (results: readonly EvaluatorResult[], split: string, metric: RegExp) => {
  const found = results.filter(one => one.split === split && metric.test(one.metric));
  expect(found, `${String(metric)} in ${results.map(one => one.metric).join(', ')}`).to.have.length(1);
  return found[0].value;
};

export async function failure(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(Error);
  return error as Error;
}

export const tenPerClass = {
  subsets: [{ perClass: 10, encoderRate: 0.3, classifierRate: 0.3 }],
  draws: 2,
  epochs: 15,
  batchSize: 10,
};
