import * as tf from '@tensorflow/tfjs';
import { Augmenter } from '../contracts/augmenter.js';
import { Streams } from '../contracts/streams.js';
import type { Batch } from '../train/loss.js';
import { createModel, disposeModel, type Model } from '../train/model.js';
import type { NetworkShape } from '../train/network.js';
import { disposeOutcome, trainStep, type StepOutcome } from '../train/step.js';
import { shapeFor, type Experiment } from './experiment.js';

/** What a process takes besides tensors: Node, TensorFlow, the images of a small dataset, and oneDNN's own buffers. */
const PROCESS = 560 * 2 ** 20;
/** Images of the steps that are tried: small enough to be over soon, large enough that growth is in proportion. */
const TRIED = [16, 32] as const;
const TRIED_IF_COSTLY = [4, 8] as const;
/** Operations from which a step of the larger trial would take long. */
const COSTLY = 1e12;

/**
 * The peak of a training's process in bytes, within 20% on the networks it was fitted to (benchmarks/memory): two steps on a few
 * empty images show the most that tensors take at once on the active backend, which grows with the batch in a straight
 * line. Undefined if the method cannot take so few images.
 */
export function peakMemory(experiment: Experiment, flopsPerImage: number): number | undefined {
  const { batchSize } = experiment.shape;
  const [few, more] = flopsPerImage * TRIED[1] > COSTLY ? TRIED_IF_COSTLY : TRIED;
  try {
    if (batchSize <= more) return PROCESS + tensorPeak(experiment, batchSize);
    const [low, high] = [tensorPeak(experiment, few), tensorPeak(experiment, more)];
    return PROCESS + high + ((high - low) / (more - few)) * (batchSize - more);
  } catch {
    return undefined;
  }
}

/** The most bytes that all tensors of a training take at once in its first step. */
function tensorPeak(experiment: Experiment, batchSize: number): number {
  const { network, train, services, initial, shape: real } = experiment;
  const shape = { ...real, ...shapeFor(services.get(Augmenter), { network, channels: train.channels, batchSize }) };
  const before = tf.memory().numBytes;
  const model = createModel(network, shape, services.get(Streams), initial);
  try {
    return watchingBytes(() => disposeOutcome(step(experiment, model, shape))) - before;
  } finally {
    disposeModel(model);
  }
}

function step({ network, services, pipeline }: Experiment, model: Model, shape: NetworkShape): StepOutcome {
  const { batchSize, views, image } = shape;
  const { forward, clipNorm, accumulate } = pipeline.trainer;
  const batch = (): Batch => ({
    views: views.map(({ height, width }) => tf.zeros<tf.Rank.R4>([batchSize, height, width, image[2]])),
    globalViews: views.filter(({ kind }) => kind === 'global').length,
    forward,
    place: { number: 0, images: Array.from({ length: batchSize }, (_, i) => i) },
  });
  const at = { step: 0, steps: 1, stepsPerEpoch: 1, epoch: 0, random: services.get(Streams).at('plan') };
  const context = { ...at, collective: network.collective };
  const batches = Array.from({ length: Math.min(accumulate, 2) }, () => batch);
  return trainStep(network, model, { batches, context, learningRate: 0, clipNorm });
}

/** Runs it and gives the most bytes that TensorFlow.js counted on the way. */
function watchingBytes(run: () => void): number {
  const engine = tf.engine() as unknown as {
    trackTensor: (...given: unknown[]) => void;
    readonly state: { readonly numBytes: number };
  };
  const track = engine.trackTensor;
  let peak = engine.state.numBytes;
  engine.trackTensor = (...given) => {
    track.apply(engine, given);
    peak = Math.max(peak, engine.state.numBytes);
  };
  try {
    run();
  } finally {
    // The method is that of the class again.
    Reflect.deleteProperty(engine, 'trackTensor');
  }
  return peak;
}
