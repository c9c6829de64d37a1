import type { HostMatrix, Random } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import { squaredDistance } from './euclidean.js';

/** Different rows at unit length. */
export function drawnRows(rows: HostMatrix, count: number, random: Random): HostMatrix {
  const { columns } = rows;
  const data = new Float64Array(count * columns);
  random
    .permutation(rows.rows)
    .subarray(0, count)
    .forEach((row, place) => {
      for (let i = 0; i < columns; i++) data[place * columns + i] = rows.data[row * columns + i];
    });
  return unitLength({ data, rows: count, columns });
}

/** k-means++: each further centroid is a row drawn with probability proportional to its squared distance to the nearest one. */
export function* drawCentroids(rows: HostMatrix, count: number, random: Random): Stepwise<HostMatrix> {
  const centroids = { data: new Float64Array(count * rows.columns), rows: count, columns: rows.columns };
  const distances = new Float64Array(rows.rows).fill(Infinity);
  let drawn = random.integer(rows.rows);
  for (let centroid = 0; centroid < count; centroid++) {
    for (let i = 0; i < rows.columns; i++)
      centroids.data[centroid * rows.columns + i] = rows.data[drawn * rows.columns + i];
    for (let row = 0; row < rows.rows; row++) {
      distances[row] = Math.min(distances[row], squaredDistance({ a: rows, b: centroids }, row, centroid));
    }
    drawn = drawProportional(distances, random);
    yield;
  }
  return centroids;
}

function drawProportional(shares: Float64Array, random: Random): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (total === 0) return random.integer(shares.length);
  let rest = random.uniform() * total;
  const place = shares.findIndex(share => (rest -= share) < 0);
  return place < 0 ? shares.length - 1 : place;
}

/** Rows at unit length; those of length 0 stay as they are. */
export function unitLength({ data, rows, columns }: HostMatrix): HostMatrix {
  const unit = Float64Array.from(data);
  for (let row = 0; row < rows; row++) {
    const own = unit.subarray(row * columns, (row + 1) * columns);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) own.forEach((value, i) => (own[i] = value / length));
  }
  return { data: unit, rows, columns };
}
