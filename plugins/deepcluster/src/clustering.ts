import { normalizeRows, oneHot, tf } from '@carl-ssl/core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

export interface Clustering {
  /** [K, D], unit length. */
  readonly centroids: Tensor2D;
  /** The cluster of each embedding, [N] int32. */
  readonly labels: Tensor1D;
}

/**
 * Spherical k-means of unit embeddings, given in parts [n, D] so that the scores of all of them never exist at once:
 * assigns by the largest inner product and sets each centroid to the direction of its members' mean, or keeps it if it has
 * no members.
 */
export function sphericalKMeans(parts: readonly Tensor2D[], start: Tensor2D, iterations: number): Clustering {
  let centroids = tf.clone(start);
  for (let i = 0; i < iterations; i++) {
    const previous = centroids;
    centroids = tf.tidy(() => moved(parts, previous));
    previous.dispose();
  }
  return { centroids, labels: tf.tidy(() => tf.concat(parts.map(part => nearest(part, centroids)))) };
}

/** Row of the centroid with the largest inner product, [n] int32. */
function nearest(embeddings: Tensor2D, centroids: Tensor2D): Tensor1D {
  return tf.tidy(() => tf.argMax<Tensor1D>(tf.matMul(embeddings, centroids, false, true), 1));
}

function moved(parts: readonly Tensor2D[], centroids: Tensor2D): Tensor2D {
  const members = tf.addN(parts.map(part => tf.tidy(() => membersOf(part, centroids))));
  const [sums, sizes] = tf.split<Tensor2D>(members, [centroids.shape[1], 1], 1);
  const direction = tf.where(tf.greater(tf.tile(sizes, [1, sums.shape[1]]), 0), sums, centroids);
  return normalizeRows(direction);
}

/** Sum of the members of each cluster and, in the last column, their number: [K, D + 1]. */
function membersOf(part: Tensor2D, centroids: Tensor2D): Tensor2D {
  const members = oneHot(nearest(part, centroids), centroids.shape[0]);
  const counted = tf.concat([part, tf.ones<tf.Rank.R2>([part.shape[0], 1])], 1);
  return tf.matMul(members, counted, true);
}
