import {
  CarlError,
  type EvaluatorResult,
  type FeatureEvaluator,
  type FeatureEvaluatorInputs,
  memoryFeatures,
  type Metric,
  type Random,
  seededStreams,
} from '@carl-ssl/core';
import { expect } from 'chai';
import plugin from '@carl-ssl/evaluate';

export const component = (slot: string, use: string) =>
  plugin.components.find(candidate => candidate.slot.name === slot && candidate.use === use)!;
export const evaluator = (use: string, options: object) =>
  component('evaluator', use).create(options, {}) as FeatureEvaluator;
export const metric = (use: string, options: object) => component('metric', use).create(options, {}) as Metric;

export const defaults: Readonly<Record<string, object>> = {
  knn: { output: 'features', k: 5, temperature: 0.1 },
  linear: { output: 'features', C: 1, grid: [0.01, 0.1, 1] },
  'low-shot-linear': { shares: [0.1, 0.5], draws: 3, C: 1 },
  'linear-svm': { C: 0.5, grid: [], positiveWeight: 2, normalize: true, shots: [], draws: 5, interpolation: 'area' },
  clustering: {
    fit: 'train',
    spherical: true,
    standardize: true,
    normalize: false,
    starts: 5,
    maxIterations: 50,
    samples: 100_000,
  },
  retrieval: { gallery: 'train', k: [1, 5], samples: 2000 },
  rankme: { output: 'features', epsilon: 1e-7, samples: 5000 },
  'alignment-uniformity': { t: 2, alpha: 2, samples: 2000 },
  silhouette: { samples: 2000 },
};

/** Options of `clustering` that cluster each measured split itself, by Euclidean distance of features at unit length. */
export const onSplit = { fit: 'split', spherical: false, standardize: false, normalize: true };

/** Features of a split, which tests may change. */
export interface Blobs {
  readonly features: Float32Array;
  readonly length: number;
  readonly dim: number;
  readonly labels?: Int32Array;
}

export interface Given {
  readonly train: Blobs;
  readonly validation?: Blobs;
  readonly test?: Blobs;
  readonly classCount?: number;
}

/** Points around one centre per class, `apart` deviations away from the origin. */
export function blobs(random: Random, size: { length: number; dim: number; classes: number; apart: number }): Blobs {
  const { length, dim, classes, apart } = size;
  const labels = Int32Array.from({ length }, (_, i) => i % classes);
  const features = Float32Array.from({ length: length * dim }, (_, i) => {
    return random.normal() + (i % dim === labels[Math.floor(i / dim)] ? apart : 0);
  });
  return { features, length, dim, labels };
}

export function inputs(apart: number, change: Partial<Given> = {}): Given {
  const random = seededStreams(3).at('blobs');
  const set = (length: number) => blobs(random, { length, dim: 6, classes: 3, apart });
  return {
    train: set(90),
    validation: set(30),
    test: set(60),
    classCount: 3,
    ...change,
  };
}

export function evaluatorInputs({ train, validation, test, classCount }: Given): FeatureEvaluatorInputs {
  const set = ({ features, dim, labels }: Blobs) => memoryFeatures(features, dim, labels);
  return {
    train: set(train),
    ...(validation && { validation: set(validation) }),
    ...(test && { test: set(test) }),
    classCount,
    random: seededStreams(4).at('evaluate'),
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
}

export const run = (use: string, given: Given, options: object = {}) =>
  evaluator(use, { ...defaults[use], ...options }).evaluate(evaluatorInputs(given));
export const value = (results: readonly EvaluatorResult[], split: string, metricName: string) =>
  results.find(result => result.split === split && result.metric === metricName)!.value;
export const unlabelled = ({ features, length, dim }: Blobs): Blobs => ({ features, length, dim });
export const hostArrays = ({ train, test }: Given) => ({
  trainFeatures: { shape: [train.length, train.dim], data: train.features },
  trainLabels: { shape: [train.length], data: train.labels! },
  testFeatures: { shape: [test!.length, test!.dim], data: test!.features },
  testLabels: { shape: [test!.length], data: test!.labels! },
});

export async function rejected(promise: Promise<unknown>, code: string, words: RegExp): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(CarlError).with.property('code', code);
  expect((error as Error).message).to.match(words);
}
