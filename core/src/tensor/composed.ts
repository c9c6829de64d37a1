import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { constant } from './constant.js';
import { withGradient } from './custom-gradient.js';
import type { Normalized } from './kernels.js';

/** The kernels as chains of TensorFlow.js operations; see `Kernels` for what each computes. */

/**
 * A strided 1x1 convolution reads every s-th pixel only. Written as a pooling of single pixels and a convolution of
 * stride 1, because oneDNN's filter gradient of the strided form is wrong for fewer than 8 input channels.
 */
export function conv2d(input: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  const padded = padding === 0 ? input : tf.pad(input, [[0, 0], [padding, padding], [padding, padding], [0, 0]]);
  const pointwise = filter.shape[0] === 1 && filter.shape[1] === 1;
  if (pointwise && stride > 1) return tf.conv2d(tf.avgPool(padded, 1, stride, 'valid'), filter, 1, 'valid');
  return tf.conv2d(padded, filter, stride, 'valid');
}

export function batchNorm<T extends Tensor2D | Tensor4D>(
  input: T,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon: number,
): Normalized<T> {
  const axes = input.shape.slice(0, -1).map((_, axis) => axis);
  const mean = tf.mean<Tensor1D>(input, axes);
  const centred = tf.sub<T>(input, mean);
  const variance = tf.mean<Tensor1D>(tf.square(centred), axes);
  const inverse = tf.rsqrt(tf.add<Tensor1D>(variance, epsilon));
  const normalized = tf.mul<T>(centred, inverse);
  const normalize = withGradient((_x: T, gamma: Tensor1D, beta: Tensor1D) => ({
    value: tf.add<T>(tf.mul(normalized, gamma), beta),
    gradient: dy => batchNormGradient(dy, normalized, tf.mul(inverse, gamma), axes),
  }));
  return { output: normalize(input, scale, offset), mean, variance };
}

function batchNormGradient(dy: Tensor, normalized: Tensor, factor: Tensor, axes: number[]): Tensor[] {
  const meanDy = tf.mean(dy, axes);
  const meanDyX = tf.mean(tf.mul(dy, normalized), axes);
  const dx = tf.mul(tf.sub(tf.sub(dy, meanDy), tf.mul(normalized, meanDyX)), factor);
  const count = dy.size / meanDy.size;
  return [dx, tf.mul(meanDyX, count), tf.mul(meanDy, count)];
}

export function relu<T extends Tensor>(input: T): T {
  return tf.relu(input);
}

export function addRelu<T extends Tensor>(a: T, b: T): T {
  return tf.relu(tf.add<T>(a, b));
}

export function gelu<T extends Tensor>(input: T): T {
  return tf.mul<T>(tf.mul(input, 0.5), tf.add(tf.erf(tf.mul(input, Math.SQRT1_2)), 1));
}

export function layerNorm<T extends Tensor>(input: T, scale: Tensor1D, offset: Tensor1D, epsilon: number): T {
  const centred = tf.sub(input, tf.mean(input, -1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return tf.add<T>(tf.mul(tf.mul(centred, inverse), scale), offset);
}

export function softmaxCrossEntropy(logits: Tensor2D, targets: Tensor2D): Tensor1D {
  return tf.neg(tf.sum<Tensor1D>(tf.mul(constant(targets), tf.logSoftmax(logits)), -1));
}

export function attention(query: Tensor4D, key: Tensor4D, value: Tensor4D): Tensor4D {
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(query.shape[3]));
  return tf.matMul(tf.softmax(scores), value) as Tensor4D;
}
