import type { Tensor2D } from '@tensorflow/tfjs-core';
import { tf, type HostMatrix, type Random } from '@carl-ssl/core';
import { atOnce, type Stepwise } from '../stepwise.js';
import { squaredDistance } from './euclidean.js';
import { drawCentroids, drawnRows, unitLength } from './first-centroids.js';

export interface KMeansOptions {
  readonly clusters: number;
  /** Number of runs from different centroids; the best one is returned. */
  readonly starts: number;
  readonly maxIterations: number;
  /**
   * True for spherical k-means: centroids have unit length, a row belongs to the centroid with the largest inner product,
   * and a start is a random choice of rows, as in Faiss.
   */
  readonly spherical?: boolean;
  /** Called before each run. */
  readonly onStart?: () => void;
}

/** Centroids [K, D], the cluster of every row [N], and the loss that k-means minimises. */
export interface Clustering {
  readonly centroids: HostMatrix;
  readonly clusters: Int32Array;
  /** Sum of squared distances to the centroids; spherical: minus the sum of inner products with them. */
  readonly inertia: number;
}

/** Rows on the host and, in blocks of at most {@link BLOCK_VALUES} values, on the backend. */
interface Uploaded {
  readonly rows: HostMatrix;
  readonly blocks: readonly Tensor2D[];
}

/** Values of rows or of similarities that a step of the computation takes at most: a fraction of a second of work. */
const BLOCK_VALUES = 2 ** 24;

/** Clusters [N] by {@link kMeansSteps}, computed to the end. */
export function kMeans(rows: HostMatrix, options: KMeansOptions, random: Random): Int32Array {
  return atOnce(kMeansSteps(rows, options, random)).clusters;
}

/**
 * Lloyd's k-means on rows [N, D]; the start with the smallest inertia. Initial centroids are drawn by k-means++, or at random for
 * spherical k-means. Similarities are computed on the active backend, centroids in float64 on the host. A cluster that loses
 * all its rows keeps its centroid. Yields several times in every iteration.
 */
export function* kMeansSteps(rows: HostMatrix, options: KMeansOptions, random: Random): Stepwise<Clustering> {
  const uploaded = upload(rows, options.clusters);
  try {
    let best: Clustering | undefined;
    for (let start = 0; start < options.starts; start++) {
      options.onStart?.();
      const drawn = options.spherical
        ? drawnRows(rows, options.clusters, random)
        : yield* drawCentroids(rows, options.clusters, random);
      const run = yield* lloyd(uploaded, drawn, options);
      if (!best || run.inertia < best.inertia) best = run;
    }
    return best!;
  } finally {
    tf.dispose([...uploaded.blocks]);
  }
}

/** The cluster of every row [N] by the centroids of a {@link Clustering} of other rows. */
export function* nearestSteps(
  rows: HostMatrix,
  { centroids }: Pick<Clustering, 'centroids'>,
  spherical = false,
): Stepwise<Int32Array> {
  const uploaded = upload(rows, centroids.rows);
  try {
    return yield* nearest(uploaded, centroids, spherical);
  } finally {
    tf.dispose([...uploaded.blocks]);
  }
}

function upload(rows: HostMatrix, clusters: number): Uploaded {
  const { data, columns } = rows;
  const height = Math.max(1, Math.floor(BLOCK_VALUES / Math.max(columns, clusters)));
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  const blocks = Array.from({ length: Math.ceil(rows.rows / height) }, (_, block) => {
    const part = values.subarray(block * height * columns, (block + 1) * height * columns);
    return tf.tensor2d(part, [part.length / columns, columns]);
  });
  return { rows, blocks };
}

function* lloyd(
  uploaded: Uploaded,
  start: HostMatrix,
  { maxIterations, spherical = false }: KMeansOptions,
): Stepwise<Clustering> {
  const { rows } = uploaded;
  let centroids = start;
  let clusters = yield* nearest(uploaded, centroids, spherical);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    centroids = meansOf(rows, clusters, centroids);
    if (spherical) centroids = unitLength(centroids);
    const before = clusters;
    clusters = yield* nearest(uploaded, centroids, spherical);
    if (clusters.every((cluster, row) => cluster === before[row])) break;
  }
  return { centroids, clusters, inertia: inertia(rows, { clusters, centroids }, spherical) };
}

/** The nearest centroid is the one with the largest <x, c> - |c|^2 / 2, spherical: <x, c>. */
function* nearest(
  { rows, blocks }: Uploaded,
  { data, rows: count, columns }: HostMatrix,
  spherical: boolean,
): Stepwise<Int32Array> {
  const clusters = new Int32Array(rows.rows);
  let from = 0;
  for (const block of blocks) {
    const places = tf.tidy(() => {
      const centroids = tf.tensor2d(Float32Array.from(data), [count, columns]);
      const products = tf.matMul(block, centroids, false, true);
      if (spherical) return tf.argMax(products, 1);
      return tf.argMax(tf.sub(products, tf.div(tf.sum(tf.square(centroids), 1), 2)), 1);
    });
    clusters.set(places.dataSync(), from);
    places.dispose();
    from += block.shape[0];
    yield;
  }
  return clusters;
}

function meansOf({ data, columns }: HostMatrix, clusters: Int32Array, old: HostMatrix): HostMatrix {
  const sizes = new Float64Array(old.rows);
  const sums = new Float64Array(old.data.length);
  clusters.forEach((cluster, row) => {
    sizes[cluster]++;
    for (let i = 0, from = row * columns, to = cluster * columns; i < columns; i++) sums[to++] += data[from++];
  });
  const means = sums.map((sum, i) => {
    const size = sizes[Math.floor(i / columns)];
    return size === 0 ? old.data[i] : sum / size;
  });
  return { ...old, data: means };
}

function inertia(
  rows: HostMatrix,
  { clusters, centroids }: Pick<Clustering, 'clusters' | 'centroids'>,
  spherical: boolean,
): number {
  const { columns } = rows;
  return clusters.reduce((sum, cluster, row) => {
    if (!spherical) return sum + squaredDistance({ a: rows, b: centroids }, row, cluster);
    let product = 0;
    for (let i = 0; i < columns; i++) product += rows.data[row * columns + i] * centroids.data[cluster * columns + i];
    return sum - product;
  }, 0);
}
