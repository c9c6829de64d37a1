import type { Random } from '../contracts/random.js';
import { seededStreams } from '../tensor/random.js';

/** Rows of one width, row by row: [N, D]. */
export interface Rows {
  readonly data: Float32Array;
  readonly count: number;
  readonly dim: number;
}

/** Positions of N points in the plane, each from 0 to 1. */
export type Plane = readonly (readonly [x: number, y: number])[];

/** Fewest images of which a map is drawn. */
export const FEWEST = 5;

/** Neighbours of a point in UMAP; the default of its authors. */
const NEIGHBOURS = 15;

/** Rows of unit length, as k-NN compares them. Rows of zeros stay as they are. */
export function unitLength({ data, count, dim }: Rows): Rows {
  const unit = new Float32Array(data.length);
  for (let row = 0; row < count; row++) {
    const values = data.subarray(row * dim, (row + 1) * dim);
    const norm = Math.max(Math.sqrt(dot(values, values)), 1e-12);
    unit.set(
      values.map(value => value / norm),
      row * dim,
    );
  }
  return { data: unit, count, dim };
}

/**
 * The first two principal components of rows, with the fraction of the variance along each. They are eigenvectors of the
 * Gram matrix [N, N] of the centred rows, by orthogonal iteration. The sign of each is that of its largest coordinate.
 */
export function principalComponents(rows: Rows): { plane: Plane; explained: readonly [number, number] } {
  const gram = gramMatrix(rows);
  const total = sum(gram.map((row, i) => row[i]));
  const [first, second] = leadingEigenvectors(gram);
  // Equal rows have a variance of nothing but rounding.
  const isSpread = total > 1e-12 * dot(rows.data, rows.data);
  const share = ({ value }: Eigenvector): number => (isSpread ? value / total : 0);
  const values: readonly [number, number] = isSpread ? [first.value, second.value] : [0, 0];
  return { plane: fitted(first.vector, second.vector, values), explained: [share(first), share(second)] }; // prettier-ignore
}

/** UMAP of rows (arXiv 1802.03426) with the default options of its authors. The same rows give the same map. */
export async function umapOf({ data, count, dim }: Rows): Promise<Plane> {
  const { UMAP } = await import('umap-js');
  const random = seededStreams(0).at('umap');
  const map = new UMAP({ random: () => random.uniform(), nNeighbors: Math.min(NEIGHBOURS, count - 1) });
  const vectors = Array.from({ length: count }, (_, row) => [...data.subarray(row * dim, (row + 1) * dim)]);
  const points = map.fit(vectors);
  return fitted(...([0, 1].map(axis => Float64Array.from(points, point => point[axis])) as [Float64Array, Float64Array])); // prettier-ignore
}

interface Eigenvector {
  readonly value: number;
  readonly vector: Float64Array;
}

const ITERATIONS = 300;
/** Vectors that are iterated beside the two, so that these converge also where the third is nearly as long. */
const GUARDS = 4;

function leadingEigenvectors(matrix: readonly Float64Array[]): readonly Eigenvector[] {
  const { length } = matrix;
  const random = seededStreams(0).at('principal components');
  let basis = orthonormal(Array.from({ length: Math.min(2 + GUARDS, length) }, () => drawn(length, random)));
  for (let i = 0; i < ITERATIONS; i++) basis = orthonormal(basis.map(vector => product(matrix, vector)));
  const found = basis.map(vector => ({ value: Math.max(0, dot(product(matrix, vector), vector)), vector }));
  return found.sort((a, b) => b.value - a.value).slice(0, 2);
}

function drawn(length: number, random: Random): Float64Array {
  return Float64Array.from({ length }, () => random.normal());
}

/** Gram-Schmidt; vectors that depend on those before become zero. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    let rest = vector;
    for (const other of basis) {
      const along = dot(rest, other);
      rest = rest.map((value, i) => value - along * other[i]);
    }
    const norm = Math.sqrt(dot(rest, rest));
    basis.push(norm > 1e-10 * before ? rest.map(value => value / norm) : rest.map(() => 0));
  }
  return basis;
}

function gramMatrix({ data, count, dim }: Rows): Float64Array[] {
  const mean = new Float64Array(dim);
  for (let i = 0; i < data.length; i++) mean[i % dim] += data[i] / count;
  const centred = Array.from({ length: count }, (_, row) =>
    Float64Array.from(data.subarray(row * dim, (row + 1) * dim), (value, d) => value - mean[d]),
  );
  return centred.map(a => Float64Array.from(centred, b => dot(a, b)));
}

function product(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, row => dot(row, vector));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** Coordinates on two axes, each from 0 to 1; with eigenvalues, unit vectors are scaled by their roots and both axes have one scale. */
function fitted(x: Float64Array, y: Float64Array, values?: readonly [number, number]): Plane {
  const axes = [x, y].map((axis, i) => (values ? oriented(axis).map(one => one * Math.sqrt(values[i])) : axis));
  const ends = axes.map(axis => [Math.min(...axis), Math.max(...axis)]);
  const extents = ends.map(([low, high]) => high - low || 1);
  const scales = values ? extents.map(() => Math.max(...extents)) : extents;
  const place = (axis: number, i: number): number =>
    Number((0.5 + (axes[axis][i] - (ends[axis][0] + ends[axis][1]) / 2) / scales[axis]).toFixed(4));
  return Array.from(x, (_, i) => [place(0, i), place(1, i)]);
}

function oriented(axis: Float64Array): Float64Array {
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? axis.map(value => -value) : axis;
}
