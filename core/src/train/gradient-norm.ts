import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { kernels } from '../tensor/kernels.js';

/** Euclidean norm of all values of all tensors together. */
export function globalNorm(tensors: readonly Tensor[]): Scalar {
  return tf.tidy(() => tf.sqrt<Scalar>(tf.sum(kernels.sumsOfSquares(tensors))));
}

/** Factor that shortens tensors of the given norm to `limit`; 1 for shorter ones. */
export function clipFactor(norm: Scalar, limit: number): Scalar {
  return tf.tidy(() => tf.minimum<Scalar>(1, tf.div(limit, tf.add(norm, 1e-6))));
}
