import type { HostMatrix } from '@carl-ssl/core';
import { squaredDistance } from './euclidean.js';

/**
 * Mean silhouette of grouped rows [N, D] by Euclidean distance. For a row, a is its mean distance to the others of its
 * group and b the smallest mean distance to another group: (b - a) / max(a, b), and 0 for a row alone in its group.
 * Groups are 0 to G - 1, at least two of them with rows; time O(N^2 D).
 * @see Rousseeuw 1987
 */
export function silhouette(features: HostMatrix, groups: Int32Array): number {
  const sizes = new Float64Array(groups.reduce((most, group) => Math.max(most, group), 0) + 1);
  groups.forEach(group => sizes[group]++);
  const distances = distanceSums(features, groups, sizes.length);
  let sum = 0;
  groups.forEach((group, row) => {
    sum += ofRow(distances.subarray(row * sizes.length, (row + 1) * sizes.length), sizes, group);
  });
  return sum / groups.length;
}

function ofRow(distances: Float64Array, sizes: Float64Array, own: number): number {
  if (sizes[own] === 1) return 0;
  const within = distances[own] / (sizes[own] - 1);
  let nearest = Infinity;
  sizes.forEach((size, group) => {
    if (group !== own && size > 0) nearest = Math.min(nearest, distances[group] / size);
  });
  const larger = Math.max(within, nearest);
  return larger === 0 ? 0 : (nearest - within) / larger;
}

/** Sum of the distances of every row to the rows of every group, [N, G]. */
function distanceSums(features: HostMatrix, groups: Int32Array, count: number): Float64Array {
  const rows = { a: features, b: features };
  const sums = new Float64Array(groups.length * count);
  for (let i = 0; i < groups.length; i++) {
    for (let j = 0; j < i; j++) {
      const length = Math.sqrt(squaredDistance(rows, i, j));
      sums[i * count + groups[j]] += length;
      sums[j * count + groups[i]] += length;
    }
  }
  return sums;
}
