import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { clampedLog } from './clamped-log.js';

/** Mean over pairs of assignments and over their rows of -log <p, q>; [..., K] each. */
export function consistency(pairs: readonly (readonly [p: Tensor, q: Tensor])[], epsilon: number): Scalar {
  const terms = pairs.map(([p, q]) => clampedLog(tf.sum(tf.mul(p, q), -1), epsilon));
  return tf.neg(tf.mean<Scalar>(tf.concat(terms)));
}

/** KL divergence of assignments to the uniform one, ln K - H, averaged over rows: [K] or [G, K]. */
export function divergenceToUniform(mean: Tensor, epsilon: number): Scalar {
  const count = mean.shape[mean.rank - 1]!;
  const negativeEntropy = tf.sum<Scalar>(tf.mul(mean, clampedLog(mean, epsilon)));
  return tf.add(tf.div(negativeEntropy, mean.size / count), Math.log(count));
}
