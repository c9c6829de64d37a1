import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Augmenter } from './augmenter.js';
import type { SplitName } from './dataset.js';
import type { ImageSet } from './image-set.js';
import type { Encoder } from './encoder.js';
import type { NestedOptions } from './nested-options.js';
import type { Optimizer } from './optimizer.js';
import type { Random, Streams } from './random.js';
import { token } from './token.js';
import type { Pass, WeightSpec } from './weights.js';

/** One value. Its name includes the settings of the protocol: `knn20@t0.1`, `rankme@n2000`. */
export interface EvaluatorResult {
  readonly metric: string;
  readonly split: SplitName;
  /**
   * Name under `transfer` of the dataset that was evaluated, with which the metric then starts: `flowers/knn20@t0.1`. Set by
   * the framework; undefined for the pipeline's own dataset.
   */
  readonly dataset?: string;
  readonly value: number;
  /**
   * `accuracy`: fraction of correct predictions, 0 to 1. `score`: another measure. `setting`: a by-product such as a
   * selected hyper-parameter.
   */
  readonly kind: 'accuracy' | 'score' | 'setting';
  /** The metric and its protocol in a few words, printed below tables of results. */
  readonly description?: string;
}

/**
 * Features of the images of a split, in the split's order. They are computed at the first access and kept. Returned
 * arrays are borrowed: never change them.
 */
export interface FeatureSet {
  /** N, the number of images. */
  readonly length: number;
  /** D. */
  readonly dim: number;
  /** Class of every image [N]; undefined for a split without labels. */
  readonly labels?: Int32Array;
  /** As `ImageSet.multiLabels` [N, K]. */
  readonly multiLabels?: Int8Array;
  /** Rows `from` up to, not including, `to`: [to - from, D]. */
  rows(from: number, to: number): Promise<Float32Array>;
  /** All rows in order, in blocks of a few megabytes, so that the memory needed does not grow with N. */
  blocks(): AsyncIterable<FeatureBlock>;
  /** All rows [N, D] in memory. @throws CarlError INPUT_DATA if they do not fit */
  all(): Promise<Float32Array>;
}

export interface FeatureBlock {
  /** Index of the first row. */
  readonly from: number;
  /** [rows, D]. */
  readonly rows: Float32Array;
}

/** Interruption and progress of an evaluation. */
export interface EvaluationControl {
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /**
   * Reports `done` of `total` units of work (images, steps), lets pending events run, and throws if the evaluation was
   * interrupted. Await it between units of work, at least about once a second.
   */
  readonly progress: (done: number, total: number) => Promise<void>;
}

/**
 * Output of the network that an evaluator measures. `features`: h of the encoder. `embeddings`: z of the head, the features where
 * there is no head. `assignments`: p, the softmax of the assigner's logits in each set of prototypes; where there is a predictor,
 * the student's are those of its predictions, as in training. All in evaluation mode.
 */
export type NetworkOutput = 'features' | 'embeddings' | 'assignments';

/** Baselines for the trained encoder: the encoder before the first step, and raw pixels instead of features. */
export type Baseline = 'untrained' | 'pixels';

export interface FeatureEvaluatorInputs extends EvaluationControl {
  readonly train: FeatureSet;
  readonly validation?: FeatureSet;
  readonly test?: FeatureSet;
  /** As `Dataset.classCount`: labels are below it, and some may not occur. */
  readonly classCount?: number;
  /** Number of prototypes in each set, for an evaluator of assignments; most assigners have one set. */
  readonly prototypeSets?: readonly number[];
  readonly random: Random;
}

/** Sizes of the rows that an evaluator gets, known before the training. */
export interface EvaluationSizes {
  /** Images of each split; 0 for one that the dataset does not have. */
  readonly images: Readonly<Record<SplitName, number>>;
  /** D. */
  readonly dim: number;
  /** K; 1 without labels. */
  readonly classes: number;
}

/** Work of an evaluator on the features of one subject, without the features themselves: right within a factor of two or so. */
export interface EvaluationWork {
  /** Floating-point operations of the active backend. */
  readonly backendFlops: number;
  /** Floating-point operations in JavaScript. */
  readonly hostFlops: number;
  /** Bytes held at the peak beside the features. */
  readonly bytes: number;
}

/** Work of a protocol on one subject, in images: right within a factor of two or so. */
export interface ProtocolWork {
  /** Images that are prepared without randomness and go through the encoder. */
  readonly plain: number;
  /** Views that the augmenter makes and that go through the encoder without training it. */
  readonly views: number;
  /** Views that the augmenter makes and that the encoder is trained on. */
  readonly trained: number;
  /** Largest number of views in a batch that the encoder is trained on; 0 if it is not trained. */
  readonly batch: number;
}

/** Evaluates frozen features. Never selects anything by results on the split `test`. */
export interface FeatureEvaluator {
  readonly kind: 'features';
  /** Rows of the {@link FeatureSet}s; features by default. Raw pixels are no baseline of embeddings and assignments. */
  readonly output?: NetworkOutput;
  /** A layer of the encoder, by its name in `Encoder.layers`, whose features take the place of h. Raw pixels are then no baseline. */
  readonly layer?: string;
  /** Baselines that this evaluator can be applied to and gives meaningful results for. */
  readonly baselines: readonly Baseline[];
  /** Estimates the work, for `carl plan`; without it, the plan says that this evaluator is not counted. */
  work?(sizes: EvaluationSizes): EvaluationWork;
  evaluate(inputs: FeatureEvaluatorInputs): Promise<readonly EvaluatorResult[]>;
}

/** An encoder with its weights from before or after training. */
export interface FrozenEncoder {
  /** The module without weights; its `weights` take {@link image}. */
  readonly encoder: Encoder;
  /** Shape of the images that the weights were trained on: that of the first view. */
  readonly image: readonly [height: number, width: number, channels: number];
  /** The encoder's pass in evaluation mode, with running statistics. Its weights are borrowed. */
  pass(): Pass;
  /** Features h [B, D] of images [B, height, width, channels] in evaluation mode; owned by the caller. */
  forward(images: Tensor4D): Tensor2D;
  /** Copies the weights into variables, for fine-tuning. Owned by the caller. */
  copy(): TrainableWeights;
}

/** Weights of one or more modules as variables. The encoder is the module `encoder`. */
export interface TrainableWeights {
  /** Adds the weights of another module, for example a classifier. Initial values are drawn from the evaluator's random streams. */
  add(module: string, specs: readonly WeightSpec[]): void;
  /** Trainable weights in a fixed order, named `<module>.<weight>`. */
  parameters(): readonly { readonly name: string; readonly variable: Variable }[];
  /** A forward pass of a module: with batch statistics if `training`, with random choices (dropped branches) if `random` is given. */
  pass(module: string, options: { readonly training: boolean; readonly random?: Random }): Pass;
  /** Stores the running statistics that passes recorded since the last call. */
  commit(): void;
  /** A copy of all weights as they are now, for example those of the best epoch. Owned by the caller. */
  copy(): TrainableWeights;
  dispose(): void;
}

export interface ProtocolInputs extends EvaluationControl {
  readonly encoder: FrozenEncoder;
  /** Maps features [B, D] to embeddings [B, E] in evaluation mode, for an evaluator whose `output` is `embeddings`; owned by the caller. */
  readonly embed?: (features: Tensor2D) => Tensor2D;
  /** The images as the dataset stores them; {@link Augmenter.plain} gives them the size and values of {@link FrozenEncoder.image}. */
  readonly train: ImageSet;
  readonly validation?: ImageSet;
  readonly test?: ImageSet;
  /** As `Dataset.classCount`: labels are below it, and some may not occur. */
  readonly classCount?: number;
  readonly augmenter: Augmenter;
  /** Creates an optimizer from the value of an option that is defined with `Nested('optimizer')`. */
  readonly optimizer: (options: NestedOptions) => Optimizer;
  /** Random streams that only this evaluator uses. */
  readonly streams: Streams;
}

/**
 * Evaluates an encoder by any other procedure: fine-tuning, transfer, probes on augmented views. Never selects anything
 * by results on the split `test`.
 */
export interface ProtocolEvaluator {
  readonly kind: 'protocol';
  /** `embeddings` to get {@link ProtocolInputs.embed}. */
  readonly output?: Exclude<NetworkOutput, 'assignments'>;
  /** As `FeatureEvaluator.layer`: {@link ProtocolInputs.encoder} then ends with this layer. */
  readonly layer?: string;
  /** `untrained` to apply the procedure also to the encoder before the first step, at the same cost again. */
  readonly baselines: readonly Exclude<Baseline, 'pixels'>[];
  /** Estimates the work, for `carl plan`; without it, the plan says that this evaluator is not counted. `dim` is the encoder's. */
  work?(sizes: EvaluationSizes): ProtocolWork | Promise<ProtocolWork>;
  evaluate(inputs: ProtocolInputs): Promise<readonly EvaluatorResult[]>;
}

/** An evaluator that needs labels says so in its component: `requires: () => ['labels']`. */
export type Evaluator = FeatureEvaluator | ProtocolEvaluator;
export const Evaluator = token<Evaluator>('Evaluator');
