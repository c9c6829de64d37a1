import { clampedLog, crossPairs, type Collective } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** Mean over pairs (student i, teacher j), i != j, over groups and batch of -log <p_i, q_j>; assignments [B, G, s]. */
export function groupConsistency(
  students: readonly Tensor3D[],
  teachers: readonly Tensor3D[],
  epsilon: number,
): Scalar {
  const terms = crossPairs(students, teachers).map(([p, q]) => clampedLog(tf.sum(tf.mul(p, q), 2), epsilon));
  return tf.neg(tf.mean<Scalar>(tf.concat(terms)));
}

/** Mean over groups of ln s - H(mean assignment), the mean over batch, views and workers; assignments [B, G, s]. */
export function groupDivergence(assignments: readonly Tensor3D[], collective: Collective, epsilon: number): Scalar {
  const [mean] = collective.allReduceMean([tf.mean<Tensor2D>(tf.concat([...assignments]), 0)]);
  const [groups, size] = mean.shape;
  return tf.add(tf.div(tf.sum<Scalar>(tf.mul(mean, clampedLog(mean, epsilon))), groups), Math.log(size));
}
