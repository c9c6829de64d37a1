import { clampedLog } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Mean over the pairs (view i, target j), i != j, and over the batch of -log <p_i, q_j>; assignments are [B, K].
 * If the targets are the views themselves each pair is counted once, since the inner product is symmetric.
 */
export function consistency(views: readonly Tensor2D[], targets: readonly Tensor2D[], epsilon: number): Scalar {
  const symmetric = views === targets;
  const terms = views.flatMap((p, i) =>
    targets.flatMap((q, j) =>
      i === j || (symmetric && j < i) ? [] : [clampedLog(tf.sum<Tensor1D>(tf.mul(p, q), 1), epsilon)],
    ),
  );
  return tf.neg(tf.mean<Scalar>(tf.concat(terms)));
}

/** KL divergence of a mean assignment [K] to the uniform one: ln K - H(mean). */
export function divergenceToUniform(mean: Tensor1D, epsilon: number): Scalar {
  return tf.add(tf.sum<Scalar>(tf.mul(mean, clampedLog(mean, epsilon))), Math.log(mean.size));
}
