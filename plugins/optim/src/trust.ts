import { kernels, tf, type Updatable } from '@carl-ssl/core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { decayedGradients, decayOf, isExcluded, type Decay } from './decay.js';

export interface Trust extends Decay {
  readonly trustCoefficient: number;
  readonly epsilon: number;
}

/**
 * Directions of all parameters: d = (g + w p) trust |p| / (|g| + w |p| + epsilon) with weight decay w; d = g when w, |p| or
 * |g| is zero.
 * @see arXiv 1708.03888, equation 6
 */
export function originalDirections(parameters: readonly Updatable[], trust: Trust): readonly Tensor[] {
  const gradients = parameters.map(({ gradient }) => gradient);
  const values = parameters.map(({ value }) => value);
  const decay = tf.tensor1d(parameters.map(parameter => decayOf(parameter, trust)));
  const [weights, slopes] = [lengths(values), lengths(gradients)];
  const scales = tf.greater(tf.minimum(tf.minimum(weights, slopes), decay), 0);
  const whole = tf.add(tf.add(slopes, tf.mul(weights, decay)), trust.epsilon);
  const ratio = tf.where(scales, tf.div(tf.mul(weights, trust.trustCoefficient), whole), 1) as Tensor1D;
  const pull = tf.where(scales, tf.mul(ratio, decay), 0) as Tensor1D;
  return kernels.weightedSums([
    { factor: ratio, tensors: gradients },
    { factor: pull, tensors: values },
  ]);
}

/** With u = g + w p: d = u trust |p| / |u|, and d = u when |p| or |u| is zero, or for excluded vectors. */
export function decayedDirections(parameters: readonly Updatable[], trust: Trust): readonly Tensor[] {
  const sums = decayedGradients(parameters, trust);
  const [weights, slopes] = [lengths(parameters.map(({ value }) => value)), lengths(sums)];
  const included = tf.tensor1d(parameters.map(parameter => (isExcluded(parameter, trust) ? 0 : 1)));
  const scales = tf.greater(tf.minimum(tf.minimum(weights, slopes), included), 0);
  const ratio = tf.where(scales, tf.div(tf.mul(weights, trust.trustCoefficient), slopes), 1) as Tensor1D;
  return kernels.weightedSums([{ factor: ratio, tensors: sums }]);
}

/** Euclidean lengths, [N]. */
const lengths = (tensors: readonly Tensor[]): Tensor1D => tf.sqrt(kernels.sumsOfSquares(tensors));
