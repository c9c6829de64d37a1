import { kernels, type BatchExchange, type Kernels, type PlainBatchNorm } from '@carl-ssl/core';
import { useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';

/** Arguments of kernels for the tests of the tensorflow backend, and what these compute. */

export type Compute = (...inputs: Tensor[]) => Tensor;

export const normal = (shape: number[], seed: number, deviation = 1) =>
  tf.randomNormal(shape, 0, deviation, 'float32', seed);
export const EPSILON = 1e-5;

/** Queries, keys and values [B, heads, T, d], of which some agree strongly. */
export function queries(shape: number[]): Tensor[] {
  return [normal(shape, 1, 2), normal(shape, 2, 2), normal(shape, 3)];
}

export function attention(query: Tensor, key: Tensor, value: Tensor): Tensor {
  return kernels.attention(query as Tensor4D, key as Tensor4D, value as Tensor4D);
}

/** What {@link Kernels.batchNormRelu} takes: images, a scale and an offset of their channels, and a shortcut. */
export function summands(shape: number[]): Tensor[] {
  const channels = shape.slice(-1);
  return [tf.add(normal(shape, 1, 2), 3), normal(channels, 2), normal(channels, 3), normal(shape, 4)];
}

/** What {@link normalizedConvolution} takes: images, scale and offset of their channels, and a filter of 3x3. */
export const filtered = (channels: number): Tensor[] => [
  ...summands([3, 9, 7, channels]).slice(0, 3),
  normal([3, 3, channels, 16], 5),
];

/** Scale and offset of a normalisation, alone or with other workers. */
export const parametersOf = (scale: Tensor, offset: Tensor, exchange?: BatchExchange): PlainBatchNorm => ({
  scale: scale as Tensor1D,
  offset: offset as Tensor1D,
  epsilon: EPSILON,
  exchange,
});

/** Another worker, whose statistics follow from those of this one. */
export const WORKER: BatchExchange = {
  statistics: ({ mean, variance }, count) => ({
    mean: tf.add(mean, 0.3),
    variance: tf.add(tf.mul(variance, 1.1), 0.1),
    count: 2.5 * count,
  }),
  means: (sums, count) =>
    sums.map(one => tf.add(tf.mul(one, 1.5 / count), 0.007)) as readonly Tensor1D[] as typeof sums,
};

export function normalizedConvolution(stride: number, exchange?: BatchExchange): Compute {
  return (x, scale, offset, filter) =>
    kernels.batchNormReluConv2d(x as Tensor4D, parametersOf(scale, offset, exchange), {
      filter: filter as Tensor4D,
      stride,
      padding: 1,
    }).output;
}

export const convolution =
  (stride: number): Compute =>
  (x, filter) =>
    kernels.conv2d(x as Tensor4D, { filter: filter as Tensor4D, stride, padding: 1 });

/** The value and the gradients of sum(value * weights), computed with the given kernels. */
export function valueAndGradients(chosen: Partial<Kernels>, inputs: Tensor[], compute: Compute): Tensor[] {
  useKernels(chosen);
  const value = compute(...inputs);
  const weights = normal(value.shape, 99);
  const loss = (...given: Tensor[]) => tf.sum<Scalar>(tf.mul(compute(...given), weights));
  return [value, ...tf.grads(loss)(inputs)];
}

/** Largest difference over the largest expected magnitude. */
export const distance = (actual: Tensor, expected: Tensor): number =>
  tf.tidy(() => tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0] / tf.max(tf.abs(expected)).dataSync()[0]);
