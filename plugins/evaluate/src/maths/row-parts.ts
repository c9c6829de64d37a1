import { tf } from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Rows [from, to) of a matrix. */
export type RowPart = readonly [from: number, to: number];

/** Multiplications in one step of a computation: a fraction of a second of work. */
export const STEP_PRODUCTS = 2 ** 32;

/** Divides rows into parts that each take a step of at most so many multiplications, or have one row. */
export function rowParts(rows: number, productsOfRow: number, stepProducts: number): readonly RowPart[] {
  const height = Math.max(1, Math.floor(stepProducts / productsOfRow));
  return Array.from({ length: Math.ceil(rows / height) }, (_, i) => [i * height, Math.min(rows, (i + 1) * height)]);
}

/** Rows of a matrix [N, D]; the matrix itself if these are all. */
export function rowsAt(matrix: Tensor2D, [from, to]: RowPart): Tensor2D {
  return to - from === matrix.shape[0] ? matrix : tf.slice2d(matrix, [from, 0], [to - from, matrix.shape[1]]);
}

/** Columns of a matrix [D, N]; the matrix itself if these are all. */
export function columnsAt(matrix: Tensor2D, [from, to]: RowPart): Tensor2D {
  return to - from === matrix.shape[1] ? matrix : tf.slice2d(matrix, [0, from], [matrix.shape[0], to - from]);
}
