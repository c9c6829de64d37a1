import { Augmenter } from '../contracts/augmenter.js';
import type { ImageSet } from '../contracts/image-set.js';
import { Streams } from '../contracts/random.js';
import { mapImages } from '../data/bounded-read.js';
import { packed } from '../data/host-images.js';
import type { FeatureMap } from '../evaluate/features.js';
import { blockLength } from '../evaluate/plain-block.js';
import { tf } from '../tensor/tf.js';
import type { Experiment } from './experiment.js';

/** Images of a timed trial, and the number of trials. */
export const TRIAL_IMAGES = 32;
const TRIALS = 6;
/** Milliseconds after which a trial is not repeated any more. */
const TRIAL_MILLISECONDS = 2000;
/** Side of the matrices by whose product the backend is timed. */
const SIDE = 256;
/** Values of the vectors by whose product JavaScript is timed, and the number of products. */
const VALUES = 2 ** 14;
const PRODUCTS = 16;
/** Speed of the loops of evaluators, most of which do little with each value that they read, relative to such products. */
const HOST_SHARE = 0.4;

/** Seconds that an image takes, measured on some of the training images. */
export interface EvaluationTrial {
  /** To be read for the first time and brought to its size. */
  readonly reading: number;
  /** To be read again, from memory if the dataset keeps images there, and brought to its size. */
  readonly rereading: number;
  /** To go through the encoder. */
  readonly forward: number;
  /** Bytes of the largest image as it is stored. */
  readonly storedBytes: number;
}

/** Times images from all over the training split several times; the fastest counts, since other processes only slow down. */
export async function timedTrial(
  { train, services, shape }: Experiment,
  features: FeatureMap,
): Promise<EvaluationTrial> {
  const augmenter = services.get(Augmenter);
  const count = Math.min(TRIAL_IMAGES, train.length, blockLength(shape.image));
  const trials = await repeated(part => trialOf({ images: train, augmenter, features }, spread(train, count, part)));
  // Images that later trials read again may be in memory by then.
  const fresh = trials.slice(0, Math.floor(train.length / count));
  return {
    reading: Math.min(...fresh.map(({ reading }) => reading)),
    rereading: Math.min(...trials.map(({ rereading }) => rereading)),
    forward: Math.min(...trials.map(({ forward }) => forward)),
    storedBytes: Math.max(...trials.map(({ storedBytes }) => storedBytes)),
  };
}

/** Seconds to read an image and make its views. */
export async function viewTime({ train: images, services, shape }: Experiment): Promise<number> {
  const augmenter = services.get(Augmenter);
  const streams = services.get(Streams);
  const count = Math.min(TRIAL_IMAGES, images.length, blockLength(shape.image));
  const trials = await repeated(async part => {
    const places = spread(images, count, part);
    const start = performance.now();
    await mapImages(images, places, (image, i) =>
      augmenter.augment(
        image,
        augmenter.views.map((_, view) => streams.at('augment', 0, places[i], view)),
      ),
    );
    return (performance.now() - start) / 1000 / count;
  });
  return Math.min(...trials);
}

/** Floating-point operations per second of a matrix product on the active backend. */
export async function productRate(): Promise<number> {
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

/** Floating-point operations per second of JavaScript in one thread. */
export async function hostRate(): Promise<number> {
  const [a, b] = [new Float32Array(VALUES).fill(1), new Float64Array(VALUES).fill(0.5)];
  const times = await repeated(() => {
    const start = performance.now();
    let sum = 0;
    for (let product = 0; product < PRODUCTS; product++) for (let i = 0; i < VALUES; i++) sum += a[i] * b[i];
    // The sum is used, so that the loop is not left out.
    return Promise.resolve((performance.now() - start) / (sum > 0 ? 1000 : 1));
  });
  return (HOST_SHARE * 2 * PRODUCTS * VALUES) / Math.min(...times);
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

async function trialOf(
  { images, augmenter, features }: TrialTask,
  places: readonly number[],
): Promise<EvaluationTrial> {
  let storedBytes = 0;
  const read = () =>
    mapImages(images, places, image => {
      storedBytes = Math.max(storedBytes, image.data.byteLength);
      return augmenter.plain(image);
    });
  const start = performance.now();
  await read();
  const once = performance.now();
  const plain = await read();
  const twice = performance.now();
  await features.apply(packed(plain));
  const seconds = (from: number, to: number): number => (to - from) / 1000 / places.length;
  return {
    reading: seconds(start, once),
    rereading: seconds(once, twice),
    forward: seconds(twice, performance.now()),
    storedBytes,
  };
}

/** Places at even distances; another offset from 0 to 1 gives others, as far as the set has them. */
function spread({ length }: ImageSet, count: number, offset: number): readonly number[] {
  const distance = length / count;
  return Array.from({ length: count }, (_, i) => Math.floor((i + offset) * distance) % length);
}
