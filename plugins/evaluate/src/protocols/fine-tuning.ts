import {
  CarlError,
  linear,
  meanCrossEntropy,
  minimizer,
  oneHot,
  tf,
  toTensor,
  type HostImages,
  type Layer,
  type Minimizer,
  type SplitName,
  type TrainableWeights,
} from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { agreement } from '../arrays.js';
import { batchesOf, plainBlocks, trainingViews } from './batches.js';
import type { LabelledImages } from './labelled-images.js';
import { positionOf, rateOf, type ProtocolTraining } from './training.js';

/** Everything that the trainings of one evaluation share. */
export interface FineTuning extends ProtocolTraining {
  /** Epochs between measurements on `validation`. */
  readonly validateEvery: number;
}

/** One training. */
export interface Draw {
  /** Name of the subset; random choices depend on it and on the number of the draw. */
  readonly subset: string;
  readonly number: number;
  /** Places of the labelled images in `train`. */
  readonly places: readonly number[];
  readonly encoderRate: number;
  readonly classifierRate: number;
}

/** Accuracies by split after an epoch, counted from 1. */
interface EpochAccuracies {
  readonly epoch: number;
  readonly bySplit: Partial<Record<SplitName, number>>;
}

export interface Tuned {
  readonly last: EpochAccuracies;
  /** After the epoch with the highest accuracy on `validation`, if there is that split. */
  readonly best?: EpochAccuracies;
}

/** Images that the training of a draw and its measurements read at most, for the display of progress. */
export function workOf({ epochs, validateEvery, splits }: Omit<FineTuning, 'tick'>, places: readonly number[]): number {
  const { validation, test } = splits;
  const measured = (validation?.images.length ?? 0) * Math.ceil(epochs / validateEvery);
  return epochs * places.length + measured + (test?.images.length ?? 0) * (validation ? 2 : 1);
}

/** Trains a copy of the encoder together with a linear classifier on its features. */
export async function fineTune(tuning: FineTuning, draw: Draw): Promise<Tuned> {
  const network = new Network(tuning, draw);
  const { epochs, validateEvery, splits } = tuning;
  const { validation, test } = splits;
  let best: { readonly epoch: number; readonly accuracy: number; readonly weights: TrainableWeights } | undefined;
  let onValidation: number | undefined;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      await network.train(epoch);
      if (!validation || (epoch % validateEvery !== 0 && epoch !== epochs)) continue;
      onValidation = await network.accuracy(validation);
      if (best && onValidation <= best.accuracy) continue;
      best?.weights.dispose();
      best = { epoch, accuracy: onValidation, weights: network.weights.copy() };
    }
    const atTest = async (weights: TrainableWeights) => test && { test: await network.accuracy(test, weights) };
    const last: EpochAccuracies = {
      epoch: epochs,
      bySplit: { ...(validation && { validation: onValidation }), ...(await atTest(network.weights)) },
    };
    if (!best) return { last };
    if (best.epoch === epochs) return { last, best: last };
    return {
      last,
      best: { epoch: best.epoch, bySplit: { validation: best.accuracy, ...(await atTest(best.weights)) } },
    };
  } finally {
    best?.weights.dispose();
    network.dispose();
  }
}

/** An encoder with a classifier in training. */
class Network {
  readonly weights: TrainableWeights;
  readonly #module: string;
  readonly #classifier: Layer<Tensor2D>;
  readonly #training: Minimizer;

  constructor(
    private readonly tuning: FineTuning,
    private readonly draw: Draw,
  ) {
    const { inputs, splits, optimizer } = tuning;
    this.#module = `classifier ${draw.subset} ${draw.number}`;
    this.#classifier = linear('fc', { inputs: inputs.encoder.encoder.featureDim, outputs: splits.classes });
    this.weights = inputs.encoder.copy();
    this.weights.add(this.#module, this.#classifier.weights);
    const trained = this.weights
      .parameters()
      .filter(({ name }) => name.startsWith('encoder.') || name.startsWith(`${this.#module}.`));
    this.#training = minimizer(inputs.optimizer(optimizer), trained);
  }

  /** One epoch. @throws CarlError TRAIN_NOT_FINITE */
  async train(epoch: number): Promise<void> {
    const { inputs, splits, augmenter, batchSize, tick } = this.tuning;
    const { subset, number, places } = this.draw;
    const stream = (purpose: string, ...place: number[]) =>
      inputs.streams.at(`${subset} ${purpose}`, number, epoch, ...place);
    const order = Array.from(stream('order').permutation(places.length), i => places[i]);
    const { images, labels } = splits.train;
    for (const [i, batch] of batchesOf(order, batchSize).entries()) {
      await tick(batch.length);
      const views = await trainingViews({ images, augmenter }, batch, (place, view) => stream('augment', place, view));
      const classes = Int32Array.from(batch, place => labels[place]);
      const at = positionOf(this.tuning, { epoch, batch: i, images: places.length });
      const crossEntropy = (): Scalar => {
        const logits = this.#logits(views, this.weights, { training: true, random: stream('drop', i) });
        return meanCrossEntropy([[logits, oneHot(tf.tensor1d(classes, 'int32'), splits.classes)]]);
      };
      const loss = this.#training.step(crossEntropy, this.#rates(epoch), at);
      this.weights.commit();
      const [value] = await loss.data();
      loss.dispose();
      if (!Number.isFinite(value)) throw diverged(this.draw, epoch);
    }
  }

  /** Accuracy in evaluation mode. */
  async accuracy({ images, labels }: LabelledImages, weights = this.weights): Promise<number> {
    const { inputs, tick } = this.tuning;
    const predictions = new Int32Array(images.length);
    for await (const { from, batch } of plainBlocks(images, inputs.augmenter)) {
      await tick(batch.shape[0]);
      const classes = tf.tidy(() => tf.argMax(this.#logits(batch, weights, { training: false }), 1));
      predictions.set(await classes.data<'int32'>(), from);
      classes.dispose();
    }
    return agreement(predictions, labels);
  }

  dispose(): void {
    this.#training.dispose();
    this.weights.dispose();
  }

  #logits(images: HostImages, weights: TrainableWeights, mode: Parameters<TrainableWeights['pass']>[1]): Tensor2D {
    const features = this.tuning.inputs.encoder.encoder.forward(toTensor(images), weights.pass('encoder', mode));
    return this.#classifier.forward(features, weights.pass(this.#module, mode));
  }

  /** Learning rate of a parameter during an epoch. */
  #rates(epoch: number): (name: string) => number {
    const { places, encoderRate, classifierRate } = this.draw;
    const at = (startValue: number) => rateOf(this.tuning, { epoch, images: places.length, startValue });
    const [encoder, classifier] = [at(encoderRate), at(classifierRate)];
    return name => (name.startsWith('encoder.') ? encoder : classifier);
  }
}

function diverged({ subset, encoderRate, classifierRate }: Draw, epoch: number): CarlError {
  return new CarlError(
    'TRAIN_NOT_FINITE',
    `Fine-tuning on the subset ${subset} diverged in epoch ${epoch}. Lower \`encoderRate\` (${encoderRate}) or \`classifierRate\` (${classifierRate}) of this subset.`,
  );
}
