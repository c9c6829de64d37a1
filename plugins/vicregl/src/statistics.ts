import { tf, type Collective } from '@carl-ssl/core';
import type { Scalar, Tensor3D } from '@tensorflow/tfjs-core';

/** Terms of VICReg that keep embeddings apart. */
export interface Spread {
  /** Mean over columns and dimensions of max(0, 1 - deviation). */
  readonly variance: Scalar;
  /** Mean over columns of the squared covariances of different dimensions, over their number. */
  readonly covariance: Scalar;
}

/**
 * Statistics over the images of all workers, of each of k columns separately: [B, k, E] each. Variances are unbiased. Workers
 * exchange the means of all embeddings in one message, and their covariances in another.
 */
export function spreads(all: readonly Tensor3D[], epsilon: number, collective: Collective): Spread[] {
  const means = collective.allReduceMean(all.map(one => tf.mean<Tensor3D>(one, 0, true)));
  // [k, B, E].
  const rows = all.map((one, i) => tf.transpose<Tensor3D>(tf.sub<Tensor3D>(one, means[i]), [1, 0, 2]));
  const products = rows.map(one => tf.div<Tensor3D>(tf.matMul(one, one, true), one.shape[1]));
  return collective.allReduceMean(products).map((covariance, i) => {
    const count = all[i].shape[0] * collective.size;
    return spreadOf(tf.mul<Tensor3D>(covariance, count / Math.max(1, count - 1)), epsilon);
  });
}

/** [k, E, E]. */
function spreadOf(covariances: Tensor3D, epsilon: number): Spread {
  const [columns, width] = covariances.shape;
  const eye = tf.eye(width);
  const variances = tf.sum(tf.mul(covariances, eye), 2);
  const rest = tf.mul(covariances, tf.sub(1, eye));
  return {
    variance: tf.mean(tf.relu(tf.sub(1, tf.sqrt(tf.add(variances, epsilon))))),
    covariance: tf.div(tf.sum(tf.square(rest)), width * columns),
  };
}
