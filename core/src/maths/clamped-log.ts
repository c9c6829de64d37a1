import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Logarithm of probabilities kept in [epsilon, 1 - epsilon]; outside, the gradient is zero. */
export function clampedLog<T extends Tensor>(probabilities: T, epsilon: number): T {
  return tf.log(tf.clipByValue(probabilities, epsilon, 1 - epsilon));
}
