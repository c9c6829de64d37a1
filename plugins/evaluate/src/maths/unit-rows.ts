import type { HostMatrix } from '@carl-ssl/core';

/** Added to the length of features before they are divided by it. */
const LENGTH_EPSILON = 1e-5;

/** Rows of unit length. */
export function unitRows({ data, rows, columns }: HostMatrix): HostMatrix {
  const scaled = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) square += data[i] * data[i];
    const length = Math.sqrt(square) + LENGTH_EPSILON;
    for (let i = row * columns; i < (row + 1) * columns; i++) scaled[i] = data[i] / length;
  }
  return { data: scaled, rows, columns };
}

/** The middle value, the lower one of two. */
export function median(values: Iterable<number>): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
