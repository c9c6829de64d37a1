import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { HostMatrix, Random } from '@carl-ssl/core';
import { atOnce, type Stepwise } from '../stepwise.js';
import { squaredDistance } from './euclidean.js';

export interface KMeansOptions {
  readonly clusters: number;
  /** Number of runs from different centroids; the best one is returned. */
  readonly starts: number;
  readonly maxIterations: number;
}

/** Cluster of every row [N], and the sum of the squared distances to the centroids. */
interface Clustering {
  readonly clusters: Int32Array;
  readonly inertia: number;
}

/** Runs {@link kMeansSteps} to the end. */
export function kMeans(rows: HostMatrix, options: KMeansOptions, random: Random): Int32Array {
  return atOnce(kMeansSteps(rows, options, random));
}

/**
 * Lloyd's k-means on rows [N, D], each start from centroids drawn by k-means++; the clusters [N] of the start with the
 * smallest inertia. Similarities are computed on the active backend, centroids in float64 on the host. A cluster that loses
 * all its rows keeps its centroid. Yields after every iteration.
 */
export function* kMeansSteps(rows: HostMatrix, options: KMeansOptions, random: Random): Stepwise<Int32Array> {
  const uploaded = tf.tensor2d(rows.data as Float32Array, [rows.rows, rows.columns]);
  try {
    let best: Clustering | undefined;
    for (let start = 0; start < options.starts; start++) {
      const centroids = yield* drawCentroids(rows, options.clusters, random);
      const run = yield* lloyd(rows, uploaded, { centroids, ...options });
      if (!best || run.inertia < best.inertia) best = run;
    }
    return best!.clusters;
  } finally {
    uploaded.dispose();
  }
}

/** k-means++: each further centroid is a row drawn with probability proportional to its squared distance to the nearest one. */
function* drawCentroids(rows: HostMatrix, count: number, random: Random): Stepwise<HostMatrix> {
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

function* lloyd(
  rows: HostMatrix,
  uploaded: Tensor2D,
  from: { centroids: HostMatrix; maxIterations: number },
): Stepwise<Clustering> {
  let centroids = from.centroids;
  let clusters = nearestCentroids(uploaded, centroids);
  for (let iteration = 0; iteration < from.maxIterations; iteration++) {
    centroids = meansOf(rows, clusters, centroids);
    const before = clusters;
    clusters = nearestCentroids(uploaded, centroids);
    if (clusters.every((cluster, row) => cluster === before[row])) break;
    yield;
  }
  return { clusters, inertia: inertia(rows, clusters, centroids) };
}

/** The nearest centroid is the one with the largest <x, c> - |c|^2 / 2. */
function nearestCentroids(rows: Tensor2D, { data, rows: count, columns }: HostMatrix): Int32Array {
  const nearest = tf.tidy(() => {
    const centroids = tf.tensor2d(Float32Array.from(data), [count, columns]);
    const halfSquares = tf.div(tf.sum(tf.square(centroids), 1), 2);
    return tf.argMax(tf.sub(tf.matMul(rows, tf.transpose(centroids)), halfSquares), 1);
  });
  const clusters = Int32Array.from(nearest.dataSync());
  nearest.dispose();
  return clusters;
}

function meansOf({ data, columns }: HostMatrix, clusters: Int32Array, old: HostMatrix): HostMatrix {
  const sizes = new Float64Array(old.rows);
  const sums = new Float64Array(old.data.length);
  clusters.forEach((cluster, row) => {
    sizes[cluster]++;
    for (let i = 0; i < columns; i++) sums[cluster * columns + i] += data[row * columns + i];
  });
  const means = sums.map((sum, i) => {
    const size = sizes[Math.floor(i / columns)];
    return size === 0 ? old.data[i] : sum / size;
  });
  return { ...old, data: means };
}

function inertia(rows: HostMatrix, clusters: Int32Array, centroids: HostMatrix): number {
  let sum = 0;
  clusters.forEach((cluster, row) => (sum += squaredDistance({ a: rows, b: centroids }, row, cluster)));
  return sum;
}
