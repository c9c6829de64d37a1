import type { Stepwise } from '../stepwise.js';

/** Solves A x = b for a right-hand side b [n]. */
export type Solve = (b: Float64Array) => Float64Array;

/** Solves A x = b with the {@link choleskySteps} decomposition of A [n, n], which is computed here. Yields after every row. */
export function* solveSteps(matrix: Float64Array, n: number): Stepwise<Solve> {
  yield* choleskySteps(matrix, n);
  return b => backward(matrix, forward(matrix, b.slice()));
}

/**
 * Cholesky decomposition A = L L^T of a symmetric positive definite matrix [n, n], row by row; only its lower triangle is read,
 * and it is overwritten by L. Pivots that rounding has made smaller than 1e-12 of the largest are set to that, so that a matrix
 * which is only just positive definite still gives a usable preconditioner. Yields after every row.
 */
export function* choleskySteps(matrix: Float64Array, n: number): Stepwise<undefined> {
  let floor = Number.MIN_VALUE;
  for (let i = 0; i < n; i++) floor = Math.max(floor, matrix[i * n + i] * 1e-12);
  for (let i = 0; i < n; i++) {
    const row = matrix.subarray(i * n, i * n + n);
    for (let j = 0; j < i; j++) row[j] = (row[j] - dot(row, matrix.subarray(j * n, j * n + j))) / matrix[j * n + j];
    row[i] = Math.sqrt(Math.max(floor, row[i] - dot(row, row.subarray(0, i))));
    yield;
  }
  return undefined;
}

/** Inner product over the length of the second argument. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Solves L y = b in place, for the lower triangle L of a matrix [n, n]. */
export function forward(lower: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++) b[i] = (b[i] - dot(b, lower.subarray(i * n, i * n + i))) / lower[i * n + i];
  return b;
}

/** L^T x = y in place; walks along the rows of L, which are columns of L^T. */
function backward(lower: Float64Array, y: Float64Array): Float64Array {
  const n = y.length;
  for (let i = n - 1; i >= 0; i--) {
    y[i] /= lower[i * n + i];
    for (let j = 0; j < i; j++) y[j] -= y[i] * lower[i * n + j];
  }
  return y;
}
