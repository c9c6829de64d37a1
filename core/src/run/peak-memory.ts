import * as tf from '@tensorflow/tfjs-core';
import { Augmenter, globalViews } from '../contracts/augmenter.js';
import { discardNote } from '../contracts/note.js';
import { createModel, disposeModel, type Model } from '../train/model.js';
import type { NetworkShape } from '../train/network.js';
import { disposeOutcome, trainStep, type StepOutcome } from '../train/step.js';
import { shapeFor, type Experiment } from './experiment.js';
import { allocationTrace } from './allocation-trace.js';
import { Streams } from '../contracts/random.js';
import type { Batch } from '../train/batch.js';

/** What lies idle between tensors, since the C library reuses freed memory where it fits and hands little of it back. */
const WITH_GAPS = 1.08;
/** Copies of all variables on the host: initial values, until they are collected, and the bytes of a checkpoint. */
const HOST_COPIES = 2;
/** What else a training takes: compiled code, and batches and reports that wait to be collected. */
const ELSE = 80 * 2 ** 20;
const BYTES = 4;
/** Images of the steps that are tried: small enough to be over soon, large enough that growth is in proportion. */
const TRIED = [16, 32] as const;
const TRIED_IF_COSTLY = [4, 8] as const;
/** Operations from which a step of the larger trial would take long. */
const COSTLY = 1e12;
/** A thread that makes views, besides its own copy of the data. */
const THREAD = 100 * 2 ** 20;

/** What is known of a training beforehand. */
export interface TrainingEstimates {
  readonly flopsPerImage: number;
  /** Threads that make views. */
  readonly threads: number;
}

/**
 * The peak of a training's process in bytes, within 20% on the networks it was compared with (benchmarks/memory): what this
 * process takes, with data open and backend started, what a training adds, and its threads. Undefined if the method cannot
 * take a few images.
 */
export function peakMemory(experiment: Experiment, { flopsPerImage, threads }: TrainingEstimates): number | undefined {
  const now = process.memoryUsage();
  const training = trainingMemory(experiment, flopsPerImage);
  if (training === undefined) return undefined;
  // A thread makes the views of the steps to come, one more than there are threads.
  const beside = threads === 0 ? 0 : threads * (THREAD + now.arrayBuffers) + (threads + 1) * viewBytes(experiment);
  return now.rss + ELSE + training + beside;
}

/**
 * The most bytes that a training adds to its process, from two steps on a few empty images on the active backend. Each of
 * the tensors grows with the batch in a straight line, so what they take together is known at every point of a step.
 */
export function trainingMemory(experiment: Experiment, flopsPerImage: number): number | undefined {
  const { batchSize } = experiment.shape;
  const [few, more] = flopsPerImage * TRIED[1] > COSTLY ? TRIED_IF_COSTLY : TRIED;
  try {
    const large = tryStep(experiment, Math.min(batchSize, more));
    const small = batchSize > more ? tryStep(experiment, few) : large;
    const tensors = peakOf(small.course, large.course, Math.max(0, (batchSize - more) / (more - few)));
    return WITH_GAPS * tensors + HOST_COPIES * large.variables + viewBytes(experiment);
  } catch {
    return undefined;
  }
}

/** The peak of a course that is some times as far from the larger one as that is from the smaller. */
function peakOf(small: readonly number[], large: readonly number[], times: number): number {
  const beyond = (low: number, high: number): number => high + (high - low) * times;
  const top = (course: readonly number[]): number => course.reduce((most, bytes) => Math.max(most, bytes), 0);
  if (small.length !== large.length) return beyond(top(small), top(large));
  return top(large.map((bytes, i) => beyond(small[i], bytes)));
}

/** Views of a step's images on the host. */
function viewBytes({ shape: { views, image, batchSize }, pipeline }: Experiment): number {
  const pixels = views.reduce((sum, { height, width }) => sum + height * width, 0);
  return pixels * image[2] * BYTES * batchSize * pipeline.trainer.accumulate;
}

interface TrialStep {
  /** Bytes of all tensors after each that was made. */
  readonly course: readonly number[];
  /** Bytes of all that a checkpoint holds. */
  readonly variables: number;
}

/** The first step of a training, from the creation of its model on. */
function tryStep(experiment: Experiment, batchSize: number): TrialStep {
  const { network, train, services, initial, shape: real } = experiment;
  const shape = { ...real, ...shapeFor(services.get(Augmenter), { network, channels: train.channels, batchSize }) };
  const before = tf.memory().numBytes;
  let variables = 0;
  const course = allocationTrace(() => {
    const model = createModel(network, shape, services.get(Streams), initial);
    variables = tf.memory().numBytes - before;
    try {
      disposeOutcome(step(experiment, model, shape));
    } finally {
      disposeModel(model);
    }
  });
  return { course, variables };
}

function step({ network, services, pipeline }: Experiment, model: Model, shape: NetworkShape): StepOutcome {
  const { batchSize, views, image } = shape;
  const { forward, clipNorm, accumulate } = pipeline.trainer;
  const batch = (): Batch => ({
    views: views.map(({ height, width }) => tf.zeros<tf.Rank.R4>([batchSize, height, width, image[2]])),
    globalViews: globalViews(views).length,
    forward,
    place: { number: 0, images: Array.from({ length: batchSize }, (_, i) => i) },
  });
  const at = { step: 0, steps: 1, stepsPerEpoch: 1, epoch: 0, random: services.get(Streams).at('plan') };
  const context = { ...at, collective: network.collective, note: discardNote };
  const batches = Array.from({ length: Math.min(accumulate, 2) }, () => batch);
  return trainStep(network, model, { batches, context, learningRate: 0, clipNorm });
}
