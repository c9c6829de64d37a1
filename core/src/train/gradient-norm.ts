import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { kernels } from '../tensor/kernels.js';
import { tf } from '../tensor/tf.js';

/** Euclidean norm of the values of all tensors. */
export function globalNorm(tensors: readonly Tensor[]): Scalar {
  return tf.tidy(() => tf.sqrt<Scalar>(tf.sum(kernels.sumsOfSquares(tensors))));
}

/** Factor that scales tensors of the given norm down to the norm `limit`; 1 for smaller norms. */
export function clipFactor(norm: Scalar, limit: number): Scalar {
  return tf.tidy(() => tf.minimum<Scalar>(1, tf.div(limit, tf.add(norm, 1e-6))));
}
