import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

/** Mean and biased variance [C] of all values of each channel, which carry no gradient, and the number of these values. */
export interface BatchStatistics {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
  readonly count: number;
}

/** Result of batch normalisation over the batch. */
export interface Normalized<T extends Tensor> extends BatchStatistics {
  readonly output: T;
}

/** Scale and offset [C] of the normalised values, an optional shortcut to add, and the other workers, if there are any. */
export interface BatchNormParameters<T extends Tensor> {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
  readonly epsilon: number;
  /** Same shape as the input. */
  readonly shortcut?: T | undefined;
  /** How workers exchange statistics. Then those of all workers normalise the input; otherwise its own. */
  readonly exchange?: BatchExchange | undefined;
}

/** Parameters of a batch normalisation that adds nothing. */
export type PlainBatchNorm = Omit<BatchNormParameters<Tensor>, 'shortcut'>;

/** Exchange of the statistics of a batch between workers. No gradients. */
export interface BatchExchange {
  /** Statistics of the batch of all workers from those of this worker, with `count` values for each channel. */
  statistics(own: Pick<BatchStatistics, 'mean' | 'variance'>, count: number): BatchStatistics;
  /** Means over the `count` values of all workers from the sums over those of this worker. */
  means<const T extends readonly Tensor1D[]>(sums: T, count: number): T;
}

/** Filter [h,w,C,D], stride, and pixels of zero padding on all four sides of a convolution. */
export interface Convolution {
  readonly filter: Tensor4D;
  readonly stride: number;
  readonly padding: number;
  /**
   * Whether batch normalisation by the statistics of the batch is all that reads the result. In bf16, such results are rounded, so
   * that a backend can store them, and their gradients, in bf16.
   */
  readonly normalized?: boolean;
}

/** One term of {@link Kernels.weightedSums}: N tensors, and one factor for all of them or one for each [N]. */
export interface WeightedTensors {
  readonly factor: number | readonly number[] | Tensor1D;
  readonly tensors: readonly Tensor[];
}

/** A parameter before a step of Adam: its value, its gradient, and the means of the gradient and of its square. */
export interface AdamPlace {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly mean: Tensor;
  readonly square: Tensor;
  /** Weight decay that is added to the gradient: this factor times the value. */
  readonly coupledDecay: number;
  /** Factor on the value before the step, for decoupled weight decay. */
  readonly kept: number;
  /** Learning rate divided by the bias correction of the mean, 1 - beta1^t. */
  readonly rate: number;
  /** Bias correction of the root of the mean square: its factor 1 / sqrt(1 - beta2^t). */
  readonly correction: number;
}

/** Decay rates of the two means, and the epsilon that is added to the root. */
export interface AdamRule {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Value and means after the step of an {@link AdamPlace}. */
export type AdamNext = Readonly<Record<'value' | 'mean' | 'square', Tensor>>;

/**
 * Operations that a backend may implement faster than a chain of TensorFlow.js operations. All have first-order
 * gradients for every tensor argument unless stated otherwise. Arguments are borrowed; results are owned by the caller.
 */
export interface Kernels {
  /** Convolution as in PyTorch: [B,H,W,C] with filter [h,w,C,D], zero padding of `padding` pixels on all four sides. */
  conv2d(input: Tensor4D, convolution: Convolution): Tensor4D;
  /** Depthwise convolution of [B,H,W,C] with a filter [h,w,1,C] of odd height and width; stride 1, zero padding that keeps the size. */
  depthwiseConv2d(input: Tensor4D, filter: Tensor4D): Tensor4D;
  /** Batch normalisation with the statistics of the batch over all axes but the last, [..., C]; scale and offset [C]. */
  batchNorm<T extends Tensor2D | Tensor4D>(input: T, parameters: PlainBatchNorm): Normalized<T>;
  /** relu(batchNorm(input) + shortcut), or without a shortcut relu(batchNorm(input)). */
  batchNormRelu<T extends Tensor2D | Tensor4D>(input: T, parameters: BatchNormParameters<T>): Normalized<T>;
  /**
   * {@link conv2d} of relu(batchNorm(input)). A backend that normalises while it convolves
   * does not store the normalised images.
   */
  batchNormReluConv2d(input: Tensor4D, parameters: PlainBatchNorm, convolution: Convolution): Normalized<Tensor4D>;
  /** x W^T: [N, inputs], [outputs, inputs] -> [N, outputs]. */
  linear(input: Tensor2D, weight: Tensor2D): Tensor2D;
  relu<T extends Tensor>(input: T): T;
  /** relu(a + b), same shapes. */
  addRelu<T extends Tensor>(a: T, b: T): T;
  /** GELU with the error function. */
  gelu<T extends Tensor>(input: T): T;
  /** Layer normalisation over the last axis; scale and offset [D]. */
  layerNorm<T extends Tensor>(input: T, scale: Tensor1D, offset: Tensor1D, epsilon: number): T;
  /** Per row -sum_k targets_k log softmax(logits)_k: [B,K], [B,K] -> [B]. No gradient for the targets. */
  softmaxCrossEntropy(logits: Tensor2D, targets: Tensor2D): Tensor1D;
  /** Softmax attention of [B, heads, T, d] queries, keys, values; scores are scaled by 1/sqrt(d). */
  attention(query: Tensor4D, key: Tensor4D, value: Tensor4D): Tensor4D;
  /** N sums: for each index, the sum over the terms of factor times tensor. All tensors of an index have the same shape. No gradient. */
  weightedSums(terms: readonly WeightedTensors[]): Tensor[];
  /** For each of N tensors the sum of the squares of its values, [N]. No gradient. */
  sumsOfSquares(tensors: readonly Tensor[]): Tensor1D;
  /** Adam for all parameters: kept * value - rate * mean / (correction * sqrt(square) + epsilon), with updated means. No gradient. */
  adamSteps(places: readonly AdamPlace[], rule: AdamRule): AdamNext[];
  /** The nearest numbers in bf16, which has the exponents of float32 and 8 bits of precision. No gradient. */
  roundToBf16(input: Tensor): Tensor;
  /** Where the processor multiplies numbers in bf16. */
  readonly bf16?: Bf16Kernels;
}

/**
 * Kernels for a training in bf16: they round their arguments, and the gradients of their results, to bf16 themselves. They
 * return undefined for shapes that they do not take; then the arguments of the other kernels are rounded.
 */
export interface Bf16Kernels {
  conv2d(...arguments_: Parameters<Kernels['conv2d']>): Tensor4D | undefined;
  batchNormReluConv2d(...arguments_: Parameters<Kernels['batchNormReluConv2d']>): Normalized<Tensor4D> | undefined;
  linear(...arguments_: Parameters<Kernels['linear']>): Tensor2D | undefined;
  /** True if 3x3 convolutions of stride 1 multiply in float32, where this takes less time. */
  readonly float32Conv3x3?: boolean;
}
