import {
  blockLength,
  linear,
  meanCrossEntropy,
  minimizer,
  normal,
  oneHot,
  tf,
  toTensor,
  type HostImages,
  type Layer,
  type Minimizer,
  type TrainableWeights,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { agreement } from '../arrays.js';
import { batchesOf, part, plainBlocks, trainingViews } from './batches.js';
import type { LabelledImages } from './labelled-images.js';
import { positionOf, rateOf, type ProtocolTraining } from './training.js';

/** Deviation of the initial weights of a classifier; its bias starts at 0. */
const INITIAL_DEVIATION = 0.01;

/** A training of linear classifiers on the features of a frozen encoder. */
export interface LinearTraining extends ProtocolTraining {
  /** One classifier is trained for each. */
  readonly learningRates: readonly number[];
}

/** Weights of all classifiers at some epoch. Owned by the caller. */
type ClassifierWeights = Pick<TrainableWeights, 'pass' | 'dispose'>;

/** One of the classifiers. */
export interface Candidate {
  /** Place of its learning rate. */
  readonly classifier: number;
  readonly weights: ClassifierWeights;
}

/**
 * Linear classifiers, one for each learning rate, trained on the same features: a batch goes through the encoder once. The
 * encoder is in evaluation mode.
 */
export class LinearClassifiers {
  readonly weights: TrainableWeights;
  readonly #layer: Layer<Tensor2D>;
  readonly #optimization: Minimizer;
  /** Features of `validation`, which do not change. */
  #validation: Promise<readonly Float32Array[]> | undefined;

  constructor(private readonly training: LinearTraining) {
    const { inputs, splits, learningRates, optimizer } = training;
    const size = { inputs: inputs.encoder.encoder.featureDim, outputs: splits.classes };
    this.#layer = linear('fc', { ...size, initialize: normal(INITIAL_DEVIATION) });
    this.weights = inputs.encoder.copy();
    learningRates.forEach((_, i) => {
      this.weights.add(moduleOf(i), this.#layer.weights);
    });
    const trained = this.weights.parameters().filter(({ name }) => name.startsWith(`${MODULE} `));
    this.#optimization = minimizer(inputs.optimizer(optimizer), trained);
  }

  /** One epoch, counted from 1. */
  async train(epoch: number): Promise<void> {
    const { inputs, splits, augmenter, batchSize, tick } = this.training;
    const { images, labels } = splits.train;
    const order = Array.from(inputs.streams.at('order', epoch).permutation(images.length));
    const rates = this.#rates(epoch);
    for (const [i, batch] of batchesOf(order, batchSize).entries()) {
      await tick(batch.length);
      const views = await trainingViews({ images, augmenter }, batch, (place, view) =>
        inputs.streams.at('augment', epoch, place, view),
      );
      const features = await this.#features(views);
      const classes = Int32Array.from(batch, place => labels[place]);
      const at = positionOf(this.training, { epoch, batch: i, images: images.length });
      const loss = this.#optimization.step(() => this.#loss(features, classes), rates, at);
      tf.dispose([loss, features]);
    }
  }

  /** Accuracy of every classifier on `validation`; NaN for one that has diverged. */
  async onValidation(split: LabelledImages): Promise<readonly number[]> {
    this.#validation ??= this.#blocks(split);
    const blocks = await this.#validation;
    const candidates = this.training.learningRates.map((_, classifier) => ({ classifier, weights: this.weights }));
    return this.#accuracies(blocks, split.labels, candidates);
  }

  /** Accuracy of classifiers on a split, whose features are not kept. */
  async accuracies(split: LabelledImages, candidates: readonly Candidate[]): Promise<readonly number[]> {
    return this.#accuracies(this.#featureBlocks(split), split.labels, candidates);
  }

  dispose(): void {
    this.#optimization.dispose();
    this.weights.dispose();
  }

  /** The sum of the cross-entropies of all classifiers, which have no weights in common. */
  #loss(features: Tensor2D, classes: Int32Array): Scalar {
    const targets = oneHot(tf.tensor1d(classes, 'int32'), this.training.splits.classes);
    const losses = this.training.learningRates.map((_, classifier) =>
      meanCrossEntropy([[this.#logits(features, { classifier, weights: this.weights }), targets]]),
    );
    return tf.addN<Scalar>(losses);
  }

  #logits(features: Tensor2D, { classifier, weights }: Candidate): Tensor2D {
    return this.#layer.forward(features, weights.pass(moduleOf(classifier), { training: false }));
  }

  /** Features [B, D] of a batch, which goes through the encoder in pieces. Owned by the caller. */
  async #features(images: HostImages): Promise<Tensor2D> {
    const { tick, inputs } = this.training;
    const { encoder } = inputs;
    const [length] = images.shape;
    const height = blockLength(encoder.image);
    const pieces: Tensor2D[] = [];
    try {
      for (let from = 0; from < length; from += height) {
        if (from > 0) await tick(0);
        const piece = part(images, from, Math.min(length, from + height));
        pieces.push(tf.tidy(() => encoder.forward(toTensor(piece))));
      }
      return tf.tidy(() => tf.concat<Tensor2D>(pieces));
    } finally {
      tf.dispose(pieces);
    }
  }

  /** Features of a split in blocks, on the host. */
  async #blocks(split: LabelledImages): Promise<readonly Float32Array[]> {
    const blocks: Float32Array[] = [];
    for await (const block of this.#featureBlocks(split)) blocks.push(block);
    return blocks;
  }

  async *#featureBlocks({ images }: LabelledImages): AsyncGenerator<Float32Array, void, undefined> {
    const { inputs, tick } = this.training;
    for await (const { batch } of plainBlocks(images, inputs.augmenter)) {
      await tick(batch.shape[0]);
      const features = tf.tidy(() => inputs.encoder.forward(toTensor(batch)));
      const values = await features.data<'float32'>();
      features.dispose();
      yield values;
    }
  }

  async #accuracies(
    blocks: Iterable<Float32Array> | AsyncIterable<Float32Array>,
    labels: Int32Array,
    candidates: readonly Candidate[],
  ): Promise<readonly number[]> {
    const predictions = candidates.map(() => new Int32Array(labels.length));
    const finite = candidates.map(() => true);
    const dim = this.training.inputs.encoder.encoder.featureDim;
    let from = 0;
    for await (const block of blocks) {
      for (const [i, candidate] of candidates.entries()) {
        const [classes, sum] = tf.tidy((): [Tensor1D, Scalar] => {
          const logits = this.#logits(tf.tensor2d(block, [block.length / dim, dim]), candidate);
          return [tf.argMax(logits, 1), tf.sum<Scalar>(tf.abs(logits))];
        });
        predictions[i].set(await classes.data<'int32'>(), from);
        finite[i] &&= Number.isFinite((await sum.data())[0]);
        tf.dispose([classes, sum]);
      }
      from += block.length / dim;
    }
    return predictions.map((classes, i) => (finite[i] ? agreement(classes, labels) : NaN));
  }

  /** Learning rate of a parameter during an epoch. */
  #rates(epoch: number): (name: string) => number {
    const { learningRates, splits } = this.training;
    const images = splits.train.images.length;
    const rates = learningRates.map(startValue => rateOf(this.training, { epoch, images, startValue }));
    return name => rates[Number(/ (\d+)\./u.exec(name)![1])];
  }
}

const MODULE = 'classifier';

const moduleOf = (classifier: number): string => `${MODULE} ${classifier}`;
