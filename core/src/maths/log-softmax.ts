import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tensor/tf.js';

/** Logarithm of the sum of exponentials along an axis, which is kept with length 1; the largest value is subtracted first. */
export function logSumExp<T extends Tensor>(values: T, axis: number): T {
  const largest = tf.max<T>(values, axis, true);
  return tf.add(largest, tf.log(tf.sum(tf.exp(tf.sub(values, largest)), axis, true)));
}

/** log softmax over the last axis: [..., K]. Not differentiable where a row has its largest value twice. */
export function logSoftmax<T extends Tensor>(logits: T): T {
  return tf.sub(logits, logSumExp(logits, -1));
}
