import { Augmenter, globalViews } from '../contracts/augmenter.js';
import { discardNote } from '../contracts/note.js';
import { createModel, disposeModel, type Model } from '../train/model.js';
import { objectiveSize, type NetworkShape } from '../train/network.js';
import { disposeOutcome, trainStep, type StepOutcome } from '../train/step.js';
import { shapeFor } from './assembly.js';
import type { Experiment } from './experiment.js';
import { allocationTrace } from './allocation-trace.js';
import { Streams } from '../contracts/random.js';
import { withTrialBatch, type TrialBatch } from '../tensor/chunks.js';
import { tf } from '../tensor/tf.js';
import type { Batch } from '../train/batch.js';

/** Factor for the gaps between tensors: freed memory is reused where it fits, and little of it returns to the system. */
const WITH_GAPS = 1.08;
/** Copies of all variables on the host: initial values, until they are collected, and the bytes of a checkpoint. */
const HOST_COPIES = 2;
/** Bytes of compiled code, and of batches and reports not yet collected. */
const OVERHEAD = 80 * 2 ** 20;
const BYTES = 4;
/** Images in the two trial steps: few enough for a quick step, enough for memory to grow in proportion. */
const TRIAL_IMAGES = [16, 32] as const;
const FEWER_TRIAL_IMAGES = [4, 8] as const;
/** Floating-point operations of the larger trial step above which fewer images are used. */
const EXPENSIVE = 1e12;
/** Bytes of a thread that makes views, besides its copy of the data, which it needs unless they are shared. */
const THREAD = 100 * 2 ** 20;

/** Properties of a training that its peak memory depends on. */
export interface TrainingLoad {
  readonly flopsPerImage: number;
  /** Threads that make views. */
  readonly threads: number;
}

/** Returns the batch sizes of the two trial steps. */
export function trialImages(flopsPerImage: number): readonly [fewer: number, more: number] {
  return flopsPerImage * TRIAL_IMAGES[1] > EXPENSIVE ? FEWER_TRIAL_IMAGES : TRIAL_IMAGES;
}

/**
 * Estimates the peak resident size of a training's process in bytes, within 20% on the networks of benchmarks/memory: the
 * size of this process with its data open and its backend active, plus the training, plus its threads. Returns undefined if
 * the method fails on a few images.
 */
export function peakMemory(experiment: Experiment, { flopsPerImage, threads }: TrainingLoad): number | undefined {
  const now = process.memoryUsage();
  const training = trainingMemory(experiment, flopsPerImage);
  if (training === undefined) return undefined;
  // Each thread makes the views of a coming step; one more step is ready.
  const perThread = THREAD + (experiment.train.share ? 0 : now.arrayBuffers);
  const beside = threads === 0 ? 0 : threads * perThread + (threads + 1) * viewBytes(experiment);
  return now.rss + OVERHEAD + training + beside;
}

/**
 * Estimates the bytes that a training adds to its process, from steps on a few empty images on the active backend. Tensors grow
 * linearly with the batch, so the total at each point of the full step follows from two trials; a third one is for objectives
 * with matrices over pairs of images, which grow with its square.
 */
export function trainingMemory(experiment: Experiment, flopsPerImage: number): number | undefined {
  const { batchSize } = experiment.shape;
  const [few, more] = trialImages(flopsPerImage);
  try {
    const mostChunks = hasSquares(experiment) ? few / 2 : few;
    const trying = (images: number): TrialStep => tryStep(experiment, { images, batchSize, mostChunks });
    const large = batchSize > more ? trying(more) : trying(batchSize);
    const small = batchSize > more ? trying(few) : large;
    const middle = batchSize > more && hasSquares(experiment) ? trying((few + more) / 2) : undefined;
    const times = Math.max(0, (batchSize - more) / (more - few));
    const tensors = extrapolatedPeak([small.trace, large.trace, middle?.trace], times);
    return WITH_GAPS * tensors + HOST_COPIES * large.variables + viewBytes(experiment);
  } catch {
    return undefined;
  }
}

/** True if a matrix of the objective has the batch on both sides. */
function hasSquares({ network, shape }: Experiment): boolean {
  const area = (batchSize: number): number =>
    (network.objective.matrices?.(objectiveSize(network, { ...shape, batchSize })) ?? []).reduce(
      (sum, { rows, columns, count }) => sum + rows * columns * count,
      0,
    );
  return area(3) - area(2) !== area(2) - area(1);
}

type Trace = readonly number[];

/**
 * Peak of the extrapolated trace, point by point: large + times * (large - small), and with a trace in the middle of both the
 * parabola through the three.
 */
function extrapolatedPeak([small, large, middle]: readonly [Trace, Trace, Trace?], times: number): number {
  const beyond = (low: number, high: number, mean = (low + high) / 2): number =>
    high + (high - low) * times + 2 * (high - 2 * mean + low) * times * (times + 1);
  const top = (trace: Trace): number => trace.reduce((most, bytes) => Math.max(most, bytes), 0);
  const isLike = (trace: Trace | undefined): boolean => trace === undefined || trace.length === large.length;
  if (!isLike(small) || !isLike(middle)) return beyond(top(small), top(large), middle && top(middle));
  return top(large.map((bytes, i) => beyond(small[i], bytes, middle?.[i])));
}

/** Bytes of the views of one step on the host. */
function viewBytes({ shape: { views, image, batchSize }, pipeline }: Experiment): number {
  const pixels = views.reduce((sum, { height, width }) => sum + height * width, 0);
  return pixels * image[2] * BYTES * batchSize * pipeline.trainer.accumulate;
}

interface TrialStep {
  /** Bytes of all tensors after each allocation. */
  readonly trace: readonly number[];
  /** Bytes of the variables that a checkpoint holds. */
  readonly variables: number;
}

/** Runs the first step of a training, starting with the creation of its model. */
function tryStep(experiment: Experiment, trial: TrialBatch): TrialStep {
  const { network, train, services, initial, shape: real } = experiment;
  const { images: batchSize } = trial;
  const shape = { ...real, ...shapeFor(services.get(Augmenter), { network, channels: train.channels, batchSize }) };
  const before = tf.memory().numBytes;
  let variables = 0;
  const trace = allocationTrace(() => {
    const model = createModel(network, shape, services.get(Streams), initial);
    variables = tf.memory().numBytes - before;
    try {
      disposeOutcome(withTrialBatch(trial, () => step(experiment, model, shape)));
    } finally {
      disposeModel(model);
    }
  });
  return { trace, variables };
}

function step({ network, services, pipeline }: Experiment, model: Model, shape: NetworkShape): StepOutcome {
  const { batchSize, views, image } = shape;
  const { forward, clipNorm, precision, accumulate } = pipeline.trainer;
  const images = Array.from({ length: batchSize }, (_, i) => i);
  const batch = (): Batch => ({
    views: views.map(({ height, width }) => tf.zeros<tf.Rank.R4>([batchSize, height, width, image[2]])),
    globalViews: globalViews(views).length,
    forward,
    place: { number: 0, images, globalImages: images },
  });
  const at = { step: 0, steps: 1, stepsPerEpoch: 1, epoch: 0, random: services.get(Streams).at('plan') };
  const context = { ...at, collective: network.collective, note: discardNote };
  const batches = Array.from({ length: Math.min(accumulate, 2) }, () => batch);
  return trainStep(network, model, { batches, context, learningRate: 0, clipNorm, precision });
}
