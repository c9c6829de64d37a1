import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { tf } from '../tensor/tf.js';
import { clampedLog } from './clamped-log.js';

type Pairs = readonly (readonly [p: Tensor, q: Tensor])[];

/** Mean over pairs of assignments and over their rows of -log <p, q>; [..., K] each. */
export function consistency(pairs: Pairs, epsilon: number): Scalar {
  return tf.neg(tf.mean<Scalar>(tf.concat(logarithms(pairs, epsilon))));
}

/** {@link consistency} of each row: [B, K] each -> [B]. */
export function rowConsistency(pairs: Pairs, epsilon: number): Tensor1D {
  return tf.neg(tf.mean<Tensor1D>(tf.stack(logarithms(pairs, epsilon)), 0));
}

function logarithms(pairs: Pairs, epsilon: number): Tensor[] {
  return pairs.map(([p, q]) => clampedLog(tf.sum(tf.mul(p, q), -1), epsilon));
}

/** KL divergence of assignments to the uniform one, ln K - H, averaged over rows: [K] or [G, K]. */
export function divergenceToUniform(mean: Tensor, epsilon: number): Scalar {
  const count = mean.shape[mean.rank - 1]!;
  const negativeEntropy = tf.sum<Scalar>(tf.mul(mean, clampedLog(mean, epsilon)));
  return tf.add(tf.div(negativeEntropy, mean.size / count), Math.log(count));
}
