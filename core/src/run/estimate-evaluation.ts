import * as tf from '@tensorflow/tfjs-core';
import { activateBackend, chosenBackend } from '../backend/activate.js';
import { Augmenter } from '../contracts/augmenter.js';
import { Evaluator, type EvaluationSizes, type EvaluationWork, type FeatureEvaluator } from '../contracts/evaluator.js';
import type { ImageSet } from '../contracts/image-set.js';
import { mapImages, MOST_AT_ONCE } from '../data/bounded-read.js';
import { packed } from '../data/host-images.js';
import type { FeatureMap } from '../evaluate/features.js';
import { blockLength } from '../evaluate/plain-block.js';
import type { Subject } from '../evaluate/results.js';
import { baselinesOf } from './baselines.js';
import { openUntrained } from './evaluation-subjects.js';
import type { Experiment } from './experiment.js';
import type { Plan } from './plan.js';
import { PASSES } from './step-memory.js';

/** Duration and memory of an evaluation, all subjects together. */
export interface EvaluationEstimate {
  /** Seconds for the features of all subjects and splits, and for the evaluators. */
  readonly seconds: number;
  /** Largest resident size of the process. */
  readonly peakBytes: number;
  /** Evaluators that are not counted, because they give no estimate of their work. */
  readonly uncounted: readonly string[];
}

/** Images of a timed trial, and the number of trials. */
const TRIAL_IMAGES = 32;
const TRIALS = 6;
/** Milliseconds after which a trial is not repeated any more. */
const TRIAL_MILLISECONDS = 2000;
/** Seconds that the forward pass of the trial may take, if the backend estimates it. */
const LONGEST_TRIAL = 10;
/** Floating-point operations per second of JavaScript in one thread. */
const HOST_RATE = 0.7e9;
/** Side of the matrices by whose product the backend is timed. */
const SIDE = 256;
/** Bytes of code, of images in their stored size, and of results not yet collected. */
const OVERHEAD = 80 * 2 ** 20;
const BYTES = 4;

/**
 * Estimates the evaluation after a training from a timed trial: features of a few images on the untrained encoder, with
 * the work that evaluators state. Activates the pipeline's backend. Returns undefined without evaluators, or where the
 * trial itself would take long.
 * @throws CarlError INPUT_DATA, BACKEND_UNAVAILABLE
 */
export async function estimateEvaluation(experiment: Experiment, plan: Plan): Promise<EvaluationEstimate | undefined> {
  const { services, shape, loaded, pipeline } = experiment;
  const evaluators = services.all(Evaluator);
  if (evaluators.length === 0 || (await isTooLong(experiment, plan))) return undefined;
  await activateBackend(pipeline.backend, loaded.catalogue);
  const encoder = openUntrained(experiment);
  try {
    const trial = await timedTrial(experiment, encoder.features);
    const rate = await productRate();
    const subjects: readonly Subject[] = ['trained', ...baselinesOf(pipeline, shape.image)];
    let seconds = 0;
    let bytes = 0;
    for (const subject of subjects) {
      const applied = evaluators.filter(one => subject === 'trained' || one.baselines.some(name => name === subject));
      const works = applied
        .filter(counted)
        .map(one => one.work!(sizesOf(experiment, dimFor(one, subject, experiment))));
      const features = imageCount(experiment) * (trial.reading + (subject === 'pixels' ? 0 : trial.forward));
      seconds += applied.some(({ kind }) => kind === 'features') ? features : 0;
      seconds += works.reduce((sum, work) => sum + duration(work, rate), 0);
      bytes = Math.max(bytes, memoryOf(experiment, subject, works));
    }
    const uncounted = evaluators.flatMap((one, i) => (counted(one) ? [] : [pipeline.evaluate[i].use]));
    const peakBytes = process.memoryUsage.rss() + OVERHEAD + MOST_AT_ONCE * trial.storedBytes + bytes;
    return { seconds, peakBytes, uncounted };
  } finally {
    encoder.close();
  }
}

function counted(evaluator: Evaluator): evaluator is FeatureEvaluator {
  return evaluator.kind === 'features' && evaluator.work !== undefined;
}

/** True if the backend's own estimate of the trial is too high. */
async function isTooLong({ pipeline, loaded, shape }: Experiment, plan: Plan): Promise<boolean> {
  const { backend } = await chosenBackend(pipeline.backend, loaded.catalogue);
  const flops = (plan.flopsPerStep / (shape.batchSize * pipeline.trainer.accumulate * PASSES)) * TRIAL_IMAGES;
  const estimate = backend.estimate?.({ flops, bytes: 0 });
  return estimate !== undefined && estimate.seconds > LONGEST_TRIAL;
}

interface Trial {
  /** Seconds for an image to be read and brought to its size. */
  readonly reading: number;
  /** Seconds for an image to go through the encoder. */
  readonly forward: number;
  /** Bytes of the largest image as it is stored. */
  readonly storedBytes: number;
}

/** Times images from all over the training split several times; the fastest counts, since other processes only slow down. */
async function timedTrial({ train, services, shape }: Experiment, features: FeatureMap): Promise<Trial> {
  const augmenter = services.get(Augmenter);
  const count = Math.min(TRIAL_IMAGES, train.length, blockLength(shape.image));
  const trials = await repeated(part => trialOf({ images: train, augmenter, features }, spread(train, count, part)));
  return {
    reading: Math.min(...trials.map(({ reading }) => reading)),
    forward: Math.min(...trials.map(({ forward }) => forward)),
    storedBytes: Math.max(...trials.map(({ storedBytes }) => storedBytes)),
  };
}

/** Results of the trials, at least two, and no more after a few seconds. The trial gets its place, from 0 to 1. */
async function repeated<T>(trial: (part: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  const start = performance.now();
  while (results.length < 2 || (results.length < TRIALS && performance.now() - start < TRIAL_MILLISECONDS))
    results.push(await trial(results.length / TRIALS));
  return results;
}

interface TrialTask {
  readonly images: ImageSet;
  readonly augmenter: Augmenter;
  readonly features: FeatureMap;
}

async function trialOf({ images, augmenter, features }: TrialTask, places: readonly number[]): Promise<Trial> {
  let storedBytes = 0;
  const start = performance.now();
  const plain = await mapImages(images, places, image => {
    storedBytes = Math.max(storedBytes, image.data.byteLength);
    return augmenter.plain(image);
  });
  const read = performance.now();
  await features.apply(packed(plain));
  const seconds = (from: number, to: number): number => (to - from) / 1000 / places.length;
  return { reading: seconds(start, read), forward: seconds(read, performance.now()), storedBytes };
}

/** Places at even distances; another offset from 0 to 1 gives others, as far as the set has them. */
function spread({ length }: ImageSet, count: number, offset: number): readonly number[] {
  const distance = length / count;
  return Array.from({ length: count }, (_, i) => Math.floor((i + offset) * distance) % length);
}

/** Floating-point operations per second of a matrix product on the active backend. */
async function productRate(): Promise<number> {
  const matrix = tf.ones([SIDE, SIDE]);
  const product = async (): Promise<number> => {
    const start = performance.now();
    const result = tf.matMul(matrix, matrix);
    await result.data();
    result.dispose();
    return (performance.now() - start) / 1000;
  };
  const times = await repeated(product);
  matrix.dispose();
  return (2 * SIDE ** 3) / Math.min(...times);
}

function duration({ backendFlops, hostFlops }: EvaluationWork, rate: number): number {
  return backendFlops / rate + hostFlops / HOST_RATE;
}

function sizesOf({ train, held, dataset }: Experiment, dim: number): EvaluationSizes {
  const images = { train: train.length, validation: held.validation?.length ?? 0, test: held.test?.length ?? 0 };
  return { images, dim, classes: dataset.classCount ?? 1 };
}

function imageCount({ train, held }: Experiment): number {
  return train.length + (held.validation?.length ?? 0) + (held.test?.length ?? 0);
}

/** Width of the rows that an evaluator gets. */
function dimFor({ output = 'features' }: FeatureEvaluator, subject: Subject, experiment: Experiment): number {
  const { embeddingDim, prototypeCount = 0 } = experiment.shape;
  return { features: dimOf(subject, experiment), embeddings: embeddingDim, assignments: prototypeCount }[output];
}

function dimOf(subject: Subject, { shape: { image, featureDim } }: Experiment): number {
  return subject === 'pixels' ? image[0] * image[1] * image[2] : featureDim;
}

/** Bytes of the features of a subject with the largest evaluator, or of a block on its way through the encoder. */
function memoryOf(experiment: Experiment, subject: Subject, works: readonly EvaluationWork[]): number {
  const { train, network, shape } = experiment;
  const features = Math.min(2 ** 30, imageCount(experiment) * dimOf(subject, experiment) * BYTES);
  const activations = network.encoder.cost(shape.image).reduce((sum, cost) => sum + cost.activations, 0);
  const block = Math.min(train.length, blockLength(shape.image)) * activations * BYTES;
  return features + Math.max(subject === 'pixels' ? 0 : block, ...works.map(({ bytes }) => bytes));
}
