import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Convolution } from '../contracts/kernels.js';
import { withGradient } from './custom-gradient.js';
import { tf } from './tf.js';

/** The kernels as chains of TensorFlow.js operations with gradients in closed form; see `Kernels` for what each computes. */

export { depthwiseConv2d } from './depthwise.js';
export { adamSteps, sumsOfSquares, weightedSums } from './lists.js';
export { batchNorm, layerNorm } from './normalization.js';
export { roundToBf16 } from './bf16.js';

/**
 * A strided 1x1 convolution reads every s-th pixel only. Written as a pooling of single pixels and a convolution of
 * stride 1, because oneDNN's filter gradient of the strided form is wrong for fewer than 8 input channels.
 */
export function conv2d(input: Tensor4D, { filter, stride, padding }: Convolution): Tensor4D {
  return tf.tidy(() => {
    const padded =
      padding === 0
        ? input
        : tf.pad(input, [
            [0, 0],
            [padding, padding],
            [padding, padding],
            [0, 0],
          ]);
    const pointwise = filter.shape[0] === 1 && filter.shape[1] === 1;
    if (pointwise && stride > 1) return tf.conv2d(tf.avgPool(padded, 1, stride, 'valid'), filter, 1, 'valid');
    return tf.conv2d(padded, filter, stride, 'valid');
  });
}

export function linear(input: Tensor2D, weight: Tensor2D): Tensor2D {
  return tf.matMul(input, weight, false, true);
}

export function relu<T extends Tensor>(input: T): T {
  return rectify(input) as T;
}

export function addRelu<T extends Tensor>(a: T, b: T): T {
  return addRectify(a, b) as T;
}

// The sign of the output decides, so the input need not be kept.
const rectify = withGradient((x: Tensor) => {
  const value = tf.relu(x);
  return { value, saved: [value], gradient: (dy, [y]) => [tf.mul(dy, tf.step(y))] };
});

const addRectify = withGradient((a: Tensor, b: Tensor) => {
  const value = tf.relu(tf.add<Tensor>(a, b));
  return { value, saved: [value], gradient: (dy, [y]) => twice(tf.mul(dy, tf.step(y))) };
});

const twice = (x: Tensor): Tensor[] => [x, tf.clone(x)];

export function gelu<T extends Tensor>(input: T): T {
  return geluOf(input) as T;
}

/** x Phi(x), Phi the normal distribution function; its derivative is Phi(x) + x phi(x). */
const geluOf = withGradient((x: Tensor) => {
  const below = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
  return { value: tf.mul<Tensor>(x, below), saved: [x, below], gradient: geluGradient };
});

function geluGradient(dy: Tensor, [x, below]: readonly Tensor[]): Tensor[] {
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return [tf.mul(dy, tf.add(below, tf.mul(x, density)))];
}

export function softmaxCrossEntropy(logits: Tensor2D, targets: Tensor2D): Tensor1D {
  return crossEntropyOf(targets)(logits);
}

/** The largest probability of a row is 1 / sum exp(logits - max): so one logarithm per row is enough. */
const crossEntropyOf = (targets: Tensor2D) =>
  withGradient((logits: Tensor2D) => {
    const softmax = tf.softmax(logits);
    const shift = tf.sub(tf.max(logits, 1, true), tf.log(tf.max(softmax, 1, true)));
    const value = tf.sum<Tensor1D>(tf.mul(targets, tf.sub(shift, logits)), 1);
    return { value, saved: [softmax, targets], gradient: crossEntropyGradient };
  });

function crossEntropyGradient(dy: Tensor1D, [softmax, targets]: readonly Tensor[]): Tensor[] {
  const whole = tf.mul(softmax, tf.sum(targets, 1, true));
  return [tf.mul(tf.sub(whole, targets), tf.expandDims(dy, 1))];
}

export function attention(query: Tensor4D, key: Tensor4D, value: Tensor4D): Tensor4D {
  return attend(query, key, value);
}

const attend = withGradient((query: Tensor4D, key: Tensor4D, values: Tensor4D) => {
  const scores = tf.mul(tf.matMul(query, key, false, true), scoreScale(query));
  const weights = tf.softmax(scores);
  const value = tf.matMul<Tensor4D>(weights, values);
  return { value, saved: [query, key, values, weights], gradient: attentionGradient };
});

function attentionGradient(dy: Tensor4D, [query, key, values, weights]: readonly Tensor[]): Tensor[] {
  const dWeights = tf.mul(tf.matMul(dy, values, false, true), weights);
  const centred = tf.sub(dWeights, tf.mul(weights, tf.sum(dWeights, -1, true)));
  const dScores = tf.mul(centred, scoreScale(query));
  return [tf.matMul(dScores, key), tf.matMul(dScores, query, true), tf.matMul(weights, dy, true)];
}

/** 1 / sqrt(d) for queries [..., d]. */
const scoreScale = (query: Tensor): number => 1 / Math.sqrt((query.shape as number[])[query.rank - 1]);
