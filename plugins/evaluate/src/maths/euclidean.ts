import type { HostMatrix } from '@carl-ssl/core';

/** Squared Euclidean distance of row i of a and row j of b. */
export function squaredDistance(
  { a, b }: { readonly a: HostMatrix; readonly b: HostMatrix },
  i: number,
  j: number,
): number {
  const width = a.columns;
  const left = a.data;
  const right = b.data;
  let sum = 0;
  for (let d = 0, p = i * width, q = j * width; d < width; d++) {
    const difference = left[p++] - right[q++];
    sum += difference * difference;
  }
  return sum;
}
