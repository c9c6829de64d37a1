import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

/** Result of batch normalisation over the batch; `mean` and `variance` (biased) carry no gradient. */
export interface Normalized<T extends Tensor> {
  readonly output: T;
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** What normalised values are scaled and moved by, and what is added to them. */
export interface BatchNormParameters<T extends Tensor> {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
  readonly epsilon: number;
  /** Same shape as the input. */
  readonly shortcut?: T | undefined;
}

/** One summand of {@link Kernels.weightedSums}: a tensor for each place, and what it is multiplied by, everywhere or by place [N]. */
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
  /** Share of the value that is added to the gradient. */
  readonly coupledDecay: number;
  /** What the value is multiplied by before the step. */
  readonly kept: number;
  /** Learning rate, over what the mean has of its start at zero. */
  readonly rate: number;
  /** What the root of the mean square is multiplied by, for its start at zero. */
  readonly correction: number;
}

/** Shares of the means that are kept, and what is added to the root. */
export interface AdamRule {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What follows of an {@link AdamPlace}. */
export type AdamNext = Readonly<Record<'value' | 'mean' | 'square', Tensor>>;

/**
 * Operations that backends may have faster forms of than a chain of TensorFlow.js operations. All are differentiable in
 * every tensor argument unless said otherwise, to first order. Arguments are borrowed, results owned by the caller.
 */
export interface Kernels {
  /** Convolution as torch's: [B,H,W,C] with filter [h,w,C,D], zero padding of `padding` pixels on all four sides. */
  conv2d(input: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D;
  /** A filter [h,w,1,C] of odd sides over each channel by itself, [B,H,W,C]; stride 1, zero padding that keeps the size. */
  depthwiseConv2d(input: Tensor4D, filter: Tensor4D): Tensor4D;
  /** Batch normalisation with the statistics of the input over all axes but the last, [..., C]; scale and offset [C]. */
  batchNorm<T extends Tensor2D | Tensor4D>(input: T, scale: Tensor1D, offset: Tensor1D, epsilon: number): Normalized<T>;
  /** relu(batchNorm(input) + shortcut), or without a shortcut relu(batchNorm(input)). */
  batchNormRelu<T extends Tensor2D | Tensor4D>(input: T, parameters: BatchNormParameters<T>): Normalized<T>;
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
  /** For each place the sum over the terms of factor times tensor. All tensors of a place have one shape. No gradient. */
  weightedSums(terms: readonly WeightedTensors[]): Tensor[];
  /** For each of N tensors the sum of the squares of its values, [N]. No gradient. */
  sumsOfSquares(tensors: readonly Tensor[]): Tensor1D;
  /** Adam for all places: kept value - rate mean / (correction sqrt(square) + epsilon), with the means moved on. No gradient. */
  adamSteps(places: readonly AdamPlace[], rule: AdamRule): AdamNext[];
}
