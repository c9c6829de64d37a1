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

/** One value; the protocol as it was used is part of its name: `knn20@t0.1`, `rankme@n2000`. */
export interface EvaluatorResult {
  readonly metric: string;
  readonly split: SplitName;
  readonly value: number;
  /** Share of right answers (0 to 1, larger is better), another figure, or a by-product such as a chosen hyper-parameter. */
  readonly kind: 'accuracy' | 'score' | 'setting';
  /** The metric and its protocol in a few words, printed below tables of results. */
  readonly description?: string;
}

/** Features of the images of a split, in its order. They are computed at the first access and kept; their values are borrowed and never changed. */
export interface FeatureSet {
  /** N, the number of images. */
  readonly length: number;
  /** D. */
  readonly dim: number;
  /** Class of every image [N], where the split has labels. */
  readonly labels?: Int32Array;
  /** Rows `from` up to, not including, `to`: [to - from, D]. */
  rows(from: number, to: number): Promise<Float32Array>;
  /** All rows in order, in blocks of some megabytes; the memory needed does not grow with N. */
  blocks(): AsyncIterable<FeatureBlock>;
  /** All rows [N, D] in memory. @throws CarlError INPUT_DATA if they do not fit */
  all(): Promise<Float32Array>;
}

export interface FeatureBlock {
  /** Place of the first row. */
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
   * interrupted. To be awaited between pieces of work, about once a second or more often.
   */
  readonly progress: (done: number, total: number) => Promise<void>;
}

/** Comparisons beside the trained encoder: the encoder before the first step, and the pixels in place of features. */
export type Baseline = 'untrained' | 'pixels';

export interface FeatureEvaluatorInputs extends EvaluationControl {
  readonly train: FeatureSet;
  readonly validation?: FeatureSet;
  readonly test?: FeatureSet;
  readonly classCount?: number;
  readonly random: Random;
}

/** Evaluates frozen features. Chooses nothing by the split `test`. */
export interface FeatureEvaluator {
  readonly kind: 'features';
  /** Baselines whose features this evaluator can be applied to, and whose figures say something. */
  readonly baselines: readonly Baseline[];
  evaluate(inputs: FeatureEvaluatorInputs): Promise<readonly EvaluatorResult[]>;
}

/** An encoder with its weights, as training left them or found them. */
export interface FrozenEncoder {
  /** The module without weights; its `weights` take {@link image}. */
  readonly encoder: Encoder;
  /** Size of the images that the weights were made for, that of the first view. */
  readonly image: readonly [height: number, width: number, channels: number];
  /** The encoder's pass in evaluation mode, with running statistics. Its weights are borrowed. */
  pass(): Pass;
  /** Features h [B, D] of images [B, height, width, channels] in evaluation mode; owned by the caller. */
  forward(images: Tensor4D): Tensor2D;
  /** Copies the weights into variables, for fine-tuning. Owned by the caller. */
  copy(): TrainableWeights;
}

/** Variables of modules, the encoder's under the module name `encoder`. */
export interface TrainableWeights {
  /** Adds the weights of a module with initial values drawn from the streams of the evaluator, for example of a classifier. */
  add(module: string, specs: readonly WeightSpec[]): void;
  /** Trainable weights in a fixed order, named `<module>.<weight>`. */
  parameters(): readonly { readonly name: string; readonly variable: Variable }[];
  /** A module's pass: with batch statistics if `training`, with random draws (dropped branches) if `random` is given. */
  pass(module: string, options: { readonly training: boolean; readonly random?: Random }): Pass;
  /** Stores the running statistics that passes recorded since the last call. */
  commit(): void;
  /** A copy of all weights as they are now, for example those of the best epoch. Owned by the caller. */
  copy(): TrainableWeights;
  dispose(): void;
}

export interface ProtocolInputs extends EvaluationControl {
  readonly encoder: FrozenEncoder;
  /** The images as the dataset has them; {@link Augmenter.plain} gives them the size and values of {@link FrozenEncoder.image}. */
  readonly train: ImageSet;
  readonly validation?: ImageSet;
  readonly test?: ImageSet;
  readonly classCount?: number;
  readonly augmenter: Augmenter;
  /** Makes an optimizer of a component's options, as an evaluator has them by `Nested('optimizer')`. */
  readonly optimizer: (options: NestedOptions) => Optimizer;
  /** Random streams of this evaluator alone. */
  readonly streams: Streams;
}

/** Evaluates an encoder by a procedure of its own: fine-tuning, transfer, probes on augmented views. Chooses nothing by the split `test`. */
export interface ProtocolEvaluator {
  readonly kind: 'protocol';
  /** `untrained` if the procedure is also to be applied to the encoder before the first step, at the same cost. */
  readonly baselines: readonly Exclude<Baseline, 'pixels'>[];
  evaluate(inputs: ProtocolInputs): Promise<readonly EvaluatorResult[]>;
}

/** An evaluator that needs labels says so in its component: `requires: () => ['labels']`. */
export type Evaluator = FeatureEvaluator | ProtocolEvaluator;
export const Evaluator = token<Evaluator>('Evaluator');
