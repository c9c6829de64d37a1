import { counted, CarlError, type HostMatrix } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import { squaredDistance } from './euclidean.js';

/** Rows [N, D] in groups 0 to G - 1, none of them empty. */
interface Grouped {
  readonly features: HostMatrix;
  readonly groups: Int32Array;
  /** Rows of every group, [G]. */
  readonly sizes: Float64Array;
}

/**
 * Mean silhouette of rows [N, D] grouped by labels [N], by Euclidean distance. For a row, a is its mean distance to the
 * others of its group and b the smallest mean distance to another group: (b - a) / max(a, b), and 0 for a row alone in its
 * group. Time O(N^2 D). Yields after every row.
 * @throws INPUT_DATA for one group only, or as many groups as rows
 * @see Rousseeuw 1987
 */
export function* groupedSilhouette(features: HostMatrix, labels: Int32Array): Stepwise<number> {
  const grouped = group(features, labels);
  const distances = yield* distanceSums(grouped);
  const count = grouped.sizes.length;
  let sum = 0;
  grouped.groups.forEach((own, row) => {
    sum += ofRow(distances.subarray(row * count, (row + 1) * count), grouped.sizes, own);
  });
  return sum / features.rows;
}

function group(features: HostMatrix, labels: Int32Array): Grouped {
  const present = [...new Set(labels)];
  if (present.length < 2 || present.length >= features.rows) {
    const found = `The labels make ${counted(present.length, 'group')} of ${counted(features.rows, 'row')}.`;
    throw new CarlError('INPUT_DATA', `${found} A silhouette needs at least 2 groups and fewer groups than rows.`);
  }
  const placeOf = new Map(present.map((label, place) => [label, place]));
  const groups = labels.map(label => placeOf.get(label)!);
  const sizes = new Float64Array(present.length);
  groups.forEach(place => sizes[place]++);
  return { features, groups, sizes };
}

/** Silhouette of a row from the sums of its distances to every group. */
function ofRow(distances: Float64Array, sizes: Float64Array, own: number): number {
  if (sizes[own] === 1) return 0;
  const within = distances[own] / (sizes[own] - 1);
  let nearest = Infinity;
  sizes.forEach((size, other) => {
    if (other !== own) nearest = Math.min(nearest, distances[other] / size);
  });
  const larger = Math.max(within, nearest);
  return larger === 0 ? 0 : (nearest - within) / larger;
}

/** Sum of the distances of every row to the rows of every group, [N, G]. */
function* distanceSums({ features, groups, sizes }: Grouped): Stepwise<Float64Array> {
  const rows = { a: features, b: features };
  const sums = new Float64Array(groups.length * sizes.length);
  for (let i = 0; i < groups.length; i++) {
    for (let j = 0; j < i; j++) {
      const length = Math.sqrt(squaredDistance(rows, i, j));
      sums[i * sizes.length + groups[j]] += length;
      sums[j * sizes.length + groups[i]] += length;
    }
    yield;
  }
  return sums;
}
