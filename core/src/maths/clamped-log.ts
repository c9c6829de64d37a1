import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tensor/tf.js';

/** Logarithm of probabilities clamped to [epsilon, 1 - epsilon]; the gradient is zero where they are clamped. */
export function clampedLog<T extends Tensor>(probabilities: T, epsilon: number): T {
  return tf.log(tf.clipByValue(probabilities, epsilon, 1 - epsilon));
}
