import type { HostMatrix } from '@carl-ssl/core';

/** Rows [N, D] that are compared by direction only. */
export interface Directions extends HostMatrix {
  /** Length of every row, at least 1e-12: rows of zeros stay zeros when divided by it. */
  readonly lengths: Float64Array;
}

export function directions(matrix: HostMatrix): Directions {
  const lengths = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row++) {
    lengths[row] = Math.max(1e-12, Math.sqrt(product({ a: matrix, b: matrix }, row, row)));
  }
  return { ...matrix, lengths };
}

/** Cosine of row i of a and row j of b, in float64. */
export function cosine(rows: { readonly a: Directions; readonly b: Directions }, i: number, j: number): number {
  return product(rows, i, j) / (rows.a.lengths[i] * rows.b.lengths[j]);
}

/** Writes the rows at unit length into an array of [N, D]; rows of zeros stay zeros. */
export function unitRows<T extends Float32Array | Float64Array>({ data, columns, lengths }: Directions, into: T): T {
  for (let i = 0; i < data.length; i++) into[i] = data[i] / lengths[Math.floor(i / columns)];
  return into;
}

function product({ a, b }: { readonly a: HostMatrix; readonly b: HostMatrix }, i: number, j: number): number {
  const width = a.columns;
  const left = a.data;
  const right = b.data;
  let sum = 0;
  for (let d = 0, p = i * width, q = j * width; d < width; d++) sum += left[p++] * right[q++];
  return sum;
}
