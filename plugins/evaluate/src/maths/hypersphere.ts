import type { HostMatrix } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import { directions, unitRows } from './directions.js';
import { squaredDistance } from './euclidean.js';

/** Figures of rows on the unit sphere; rows are brought to unit length first. */

/** Alignment: mean of |x_i - y_i|^alpha over the pairs of rows of x and y [N, D]. 0 is perfect. */
export function alignment(x: HostMatrix, y: HostMatrix, alpha: number): number {
  const views = { a: onSphere(x), b: onSphere(y) };
  let sum = 0;
  for (let row = 0; row < x.rows; row++) sum += squaredDistance(views, row, row) ** (alpha / 2);
  return sum / x.rows;
}

/**
 * Uniformity: log of the mean of exp(-t |x_i - x_j|^2) over all pairs i < j of rows [N, D], N at least 2. 0 when all rows
 * point the same way, smaller the more evenly they spread. Yields after every row.
 * @see arXiv 2005.10242
 */
export function* uniformity(x: HostMatrix, t: number): Stepwise<number> {
  return Math.log(yield* meanOverPairs(x, squared => Math.exp(-t * squared)));
}

/** Alignment over all pairs of rows [N, D] with the same label; NaN when no two rows share one. Yields after every row. */
export function classAlignment(x: HostMatrix, labels: Int32Array, alpha: number): Stepwise<number> {
  const together = (i: number, j: number): boolean => labels[i] === labels[j];
  return meanOverPairs(x, squared => squared ** (alpha / 2), together);
}

function* meanOverPairs(
  x: HostMatrix,
  valueOf: (squared: number) => number,
  taken = (_i: number, _j: number): boolean => true,
): Stepwise<number> {
  const rows = onSphere(x);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < i; j++) {
      if (!taken(i, j)) continue;
      sum += valueOf(squaredDistance({ a: rows, b: rows }, i, j));
      count++;
    }
    yield;
  }
  return sum / count;
}

function onSphere(x: HostMatrix): HostMatrix {
  return { ...x, data: unitRows(directions(x), new Float64Array(x.data.length)) };
}
