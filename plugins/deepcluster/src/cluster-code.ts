import { oneHot, splitSegments, tf, type BatchPlace } from '@carl-ssl/core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

export interface ClusterLabels {
  /** K of every set of prototypes. */
  readonly counts: readonly number[];
  /** [sets, images] int32, -1 for an image without a cluster. */
  readonly labels: Tensor2D;
  /** The images of the batch; undefined outside of a training. */
  readonly place?: BatchPlace;
}

/**
 * The clusters of a batch as one-hot rows, the sets beside each other: scores of views [B, K] -> [B, K]. An image without a
 * cluster, since the last epoch left it out, gets the nearest one, by the view that the set clusters.
 */
export function clusterCode(scores: readonly Tensor2D[], { counts, labels, place }: ClusterLabels): Tensor2D {
  const split = scores.map(own => splitSegments(own, counts));
  const known = place && tf.gather(labels, tf.tensor1d([...place.images], 'int32'), 1);
  const codes = counts.map((count, set) => {
    const nearest = tf.argMax<Tensor1D>(split[set % scores.length][set], 1);
    if (!known) return oneHot(nearest, count);
    const own = tf.reshape<tf.Rank.R1>(tf.slice(known, [set, 0], [1, known.shape[1]]), [-1]);
    return oneHot(tf.where(tf.greaterEqual(own, 0), own, nearest), count);
  });
  return tf.concat(codes, 1);
}
