import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Random } from '../contracts/random.js';
import { withGradient } from '../tensor/custom-gradient.js';
import { tf } from '../tensor/tf.js';

/** A random partition of prototypes into groups of one size; the remaining prototypes belong to none. */
export interface Partition {
  /** [G * s]: group g holds the prototypes at g * s to (g + 1) * s - 1. */
  readonly order: Int32Array;
  /** s. */
  readonly size: number;
}

/** Draws a partition of K prototypes. */
export function drawPartition(prototypes: number, size: number, random: Random): Partition {
  const groups = Math.floor(prototypes / size);
  return { order: random.permutation(prototypes).slice(0, groups * size), size };
}

/** Columns by group: [B, K] -> [B, G, s]. The gradient goes back to the columns; those of no group get none. */
export function grouped(columns: Tensor2D, { order, size }: Partition): Tensor3D {
  const count = columns.shape[1];
  const shape: [number, number, number] = [columns.shape[0], order.length / size, size];
  return withGradient((scores: Tensor2D) => ({
    value: tf.reshape<tf.Rank.R3>(tf.gather(scores, tf.tensor1d(order, 'int32'), 1), shape),
    gradient: dy => [backToColumns(tf.reshape(dy, [shape[0], order.length]), order, count)],
  }))(columns);
}

/** Gathers by the inverse order, with a column of zeros for prototypes of no group: unlike a scatter, every backend has it. */
function backToColumns(dy: Tensor2D, order: Int32Array, count: number): Tensor2D {
  const inverse = new Int32Array(count).fill(order.length);
  order.forEach((column, place) => (inverse[column] = place));
  const zeros = tf.zeros<tf.Rank.R2>([dy.shape[0], 1]);
  return tf.gather(tf.concat([dy, zeros], 1), tf.tensor1d(inverse, 'int32'), 1);
}
