import { tf, type Collective } from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** Moments over the batch of all workers, N samples; every one is differentiable. */

/** Rows less their mean: [B, D] -> [B, D]. */
export function centred(rows: Tensor2D, collective: Collective): Tensor2D {
  const [mean] = collective.allReduceMean([tf.mean<Tensor1D>(rows, 0)]);
  return tf.sub(rows, mean);
}

/** Mean square of every column, which for centred rows is their variance divided by N: [B, D] -> [D]. */
export function meanSquares(rows: Tensor2D, collective: Collective): Tensor1D {
  const [mean] = collective.allReduceMean([tf.mean<Tensor1D>(tf.square(rows), 0)]);
  return mean;
}

/** a^T b / N: [B, D], [B, D] -> [D, D]. */
export function meanProducts(a: Tensor2D, b: Tensor2D, collective: Collective): Tensor2D {
  const [mean] = collective.allReduceMean([tf.div<Tensor2D>(tf.matMul(a, b, true), a.shape[0])]);
  return mean;
}

/** Sums of squares of a square matrix, on its diagonal and off it. */
export function squares(matrix: Tensor2D): { readonly diagonal: Scalar; readonly rest: Scalar } {
  const eye = tf.eye(matrix.shape[0]);
  const all = tf.square(matrix);
  return { diagonal: tf.sum(tf.mul(all, eye)), rest: tf.sum(tf.mul(all, tf.sub(1, eye))) };
}
