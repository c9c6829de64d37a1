import {
  type Augmenter,
  batchNormRelu,
  type Component,
  type Dataset,
  type Encoder,
  type EvaluatorResult,
  type FeatureEvaluator,
  floatImage,
  type ImageSet,
  linear,
  memoryFeatures,
  type NestedOptions,
  packed,
  type ProtocolEvaluator,
  seededStreams,
  type Slot,
  slots,
  toTensor,
} from '@carl-ssl/core';
import { frozenEncoder, singleProcess, WeightStore } from '@carl-ssl/core/testing';
import fashion from '@carl-ssl/data-fashion-mnist';
import evaluate from '@carl-ssl/evaluate';
import optim from '@carl-ssl/optim';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Default } from 'typebox/value';

/**
 * Evaluation protocols on 10,000 images of Fashion-MNIST with an encoder of one layer: prints accuracies, and writes images,
 * weights and lists from which `protocols.py` repeats them in PyTorch and scikit-learn. Give the folder to write to, and the
 * evaluators to run if not all: `linear`, `linear-sgd`, `fine-tune`, `linear-svm`.
 */
const [folder = 'protocols', ...chosen] = process.argv.slice(2);
const runs = (name: string): boolean => chosen.length === 0 || chosen.includes(name);
const WIDTH = 64;
const SEEDS = [0, 1, 2];

const plugins = [fashion, evaluate, optim];
const components = {
  create: <T>(slot: Slot<T>, { use, ...options }: NestedOptions): T => {
    const all = plugins.flatMap(plugin => plugin.components as readonly Component[]);
    const component = all.find(one => one.slot.name === slot.name && one.use === use)!;
    return component.create(Default(component.options, structuredClone(options)) as never, { components }) as T;
  },
  requires: () => [],
};

const layer = linear('fc', { inputs: 28 * 28, outputs: WIDTH });
const norm = batchNormRelu<Tensor2D>('bn', WIDTH);
const encoder: Encoder = {
  featureDim: WIDTH,
  minimumSize: 1,
  weights: () => [...layer.weights, ...norm.weights],
  forward: (images, pass) => {
    const rows = tf.reshape(images, [images.shape[0], -1]) as Tensor2D;
    return norm.forward(layer.forward(rows, pass), pass);
  },
  cost: () => [],
};
const augmenter: Augmenter = {
  views: [{ kind: 'global', height: 28, width: 28 }],
  outputChannels: channels => channels,
  augment: (image, randoms) => randoms.map(() => floatImage(image)),
  plain: floatImage,
};

await tf.setBackend('cpu');
mkdirSync(folder, { recursive: true });
const store = new WeightStore();
store.add('encoder', encoder.weights([28, 28, 1]), seededStreams(5));
const dataset = components.create<Dataset>(slots.dataset, { use: 'fashion-mnist-mini' });
const [train, test] = [(await dataset.split('train'))!, (await dataset.split('test'))!];
const frozen = (seed: number) =>
  frozenEncoder({ encoder, image: [28, 28, 1], store, collective: singleProcess }, seededStreams(seed));

const save = (name: string, values: Float32Array | Int32Array | Uint8Array) => {
  writeFileSync(join(folder, name), values);
};
for (const name of ['weight', 'bias']) save(`fc.${name}`, frozen(0).pass().weight(`fc.${name}`).dataSync<'float32'>());
for (const [name, set] of [
  ['train', train],
  ['test', test],
] as const) {
  const images = await set.read(Array.from({ length: set.length }, (_, i) => i));
  save(`${name}.images`, Buffer.concat(images.map(({ data }) => data as Uint8Array)));
  save(`${name}.labels`, set.labels!);
}
/** 100 images of each class. */
const seen = new Map<number, number>();
const few = Array.from(train.labels!.entries()).flatMap(([place, label]) => {
  seen.set(label, (seen.get(label) ?? 0) + 1);
  return seen.get(label)! <= 100 ? [place] : [];
});
writeFileSync(join(folder, 'few.txt'), few.join('\n'));

const control = { signal: new AbortController().signal, progress: () => Promise.resolve() };
const protocol = async (options: NestedOptions, seed: number) =>
  components.create<ProtocolEvaluator>(slots.evaluator as never, options).evaluate({
    ...control,
    encoder: frozen(seed),
    train,
    test,
    classCount: 10,
    augmenter,
    optimizer: options => components.create(slots.optimizer, options),
    streams: seededStreams(seed),
  });

async function features(set: ImageSet, places: readonly number[]) {
  const images = packed((await set.read(places)).map(floatImage));
  const rows = tf.tidy(() => frozen(0).forward(toTensor(images)).dataSync<'float32'>());
  return memoryFeatures(
    rows.slice(),
    WIDTH,
    Int32Array.from(places, place => set.labels![place]),
  );
}

const print = (name: string, results: readonly EvaluatorResult[]) => {
  for (const { metric, value } of results) console.log(`${name}  ${metric}  ${(100 * value).toFixed(2)}`);
};
const linearSgd = runs('linear-sgd') ? SEEDS : [];
for (const seed of linearSgd) print(`seed ${seed}`, await protocol({ use: 'linear-sgd', epochs: 20 }, seed));
for (const seed of runs('fine-tune') ? SEEDS : []) {
  const subsets = [{ file: join(folder, 'few.txt'), encoderRate: 0.01, classifierRate: 0.2 }];
  print(`seed ${seed}`, await protocol({ use: 'fine-tune', draws: 3, subsets }, seed));
}
const places = Array.from({ length: test.length }, (_, i) => i);
const inputs = { ...control, train: await features(train, few), test: await features(test, places), classCount: 10 };
const onFeatures = async (options: NestedOptions) => {
  const evaluator = components.create<FeatureEvaluator>(slots.evaluator as never, options);
  print('', await evaluator.evaluate({ ...inputs, random: seededStreams(0).at('evaluate') }));
};
for (const C of runs('linear') ? [0.01, 1, 100] : []) await onFeatures({ use: 'linear', C, grid: [] });
for (const grid of runs('linear-svm') ? [[], [0.1, 1, 10]] : [])
  await onFeatures({ use: 'linear-svm', grid, interpolation: 'none' });
