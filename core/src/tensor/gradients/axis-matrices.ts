import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';

/**
 * Gradients of operations that are linear and act on each axis by itself: along an axis the operation is a matrix, and its
 * gradient is the transposed matrix.
 */

/** Applies a transposed matrix along an axis: dy [..., out, ...] and matrix [out, in] -> [..., in, ...]. */
export function transposedAlong(dy: Tensor, axis: number, matrix: Tensor2D): Tensor {
  const [before, after] = [dy.shape.slice(0, axis), dy.shape.slice(axis + 1)];
  const [rows, columns] = matrix.shape;
  const [outer, inner] = [tf.util.sizeFromShape(before), tf.util.sizeFromShape(after)];
  const front = tf.transpose(tf.reshape(dy, [outer, rows, inner]), [1, 0, 2]);
  const product = tf.matMul(matrix, tf.reshape<tf.Rank.R2>(front, [rows, outer * inner]), true);
  const unfolded = tf.reshape(product, [columns, outer, inner]);
  return tf.reshape(tf.transpose(unfolded, [1, 0, 2]), [...before, columns, ...after]);
}

/** The matrix [out, in] of an operation on the rows of images: its result for the identity, `in` images of one column as channels [1,in,1,in]. */
export function rowMatrix(size: number, operation: (columns: Tensor4D) => Tensor): Tensor2D {
  return tf.reshape(operation(tf.reshape(tf.eye(size), [1, size, 1, size])), [-1, size]);
}
