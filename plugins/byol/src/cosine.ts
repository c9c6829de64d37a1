import { normalizeRows, tf } from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';

/** Mean cosine of the rows of [B, D] and [B, D]. */
export function meanCosine(a: Tensor2D, b: Tensor2D): Scalar {
  return tf.mean(tf.sum(tf.mul(normalizeRows(a), normalizeRows(b)), 1));
}
