import { clampedLog, tf } from '@carl-ssl/core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';

/** Smaller probabilities count as this in a logarithm. */
export const SMALLEST = 1.2e-38;

/** pi_k in proportion to k^-exponent, k from 1: few prototypes have many images, many have few. */
export function powerLaw(count: number, exponent: number): Float32Array {
  const weights = Float64Array.from({ length: count }, (_, k) => (k + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(weights, weight => weight / total);
}

/** sum_k pi_k (ln pi_k - ln mean_k): KL divergence of a power law from the mean. */
export function divergenceFromPowerLaw(mean: Tensor1D, exponent: number): Scalar {
  const prior = tf.tensor1d(powerLaw(mean.size, exponent));
  return tf.sum<Scalar>(tf.mul(prior, tf.sub(tf.log(prior), clampedLog(mean, SMALLEST))));
}
