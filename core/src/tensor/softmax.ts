import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.js';
import { tf } from './tf.js';

/**
 * Softmax over the last axis as exp(x - max) over its sum: [..., K]. Not the backend's own: some of those round a
 * probability of 1 to just below it, where a clamped logarithm would still have a gradient.
 */
export function softmax<T extends Tensor>(logits: T): T {
  return compute(logits) as T;
}

const compute = withGradient((logits: Tensor) => {
  const powers = tf.exp(tf.sub(logits, tf.max(logits, -1, true)));
  const p = tf.div(powers, tf.sum(powers, -1, true));
  return { value: p, saved: [p], gradient: (dy, [q]) => [tf.mul(q, tf.sub(dy, tf.sum(tf.mul(dy, q), -1, true)))] };
});
