import type { Collective } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor3D } from '@tensorflow/tfjs-core';

/** Terms of VICReg that keep embeddings apart. */
export interface Spread {
  /** Mean over columns and dimensions of max(0, 1 - deviation). */
  readonly variance: Scalar;
  /** Mean over columns of the squared covariances of different dimensions, over their number. */
  readonly covariance: Scalar;
}

/** Statistics over the images of all workers, for each of k columns separately: [B, k, E]. Variances are unbiased. */
export function spread(embeddings: Tensor3D, epsilon: number, collective: Collective): Spread {
  const [batch, columns, width] = embeddings.shape;
  const count = batch * collective.size;
  const correction = count / Math.max(1, count - 1);
  const [mean] = collective.allReduceMean([tf.mean<Tensor3D>(embeddings, 0, true)]);
  // [k, B, E].
  const rows = tf.transpose<Tensor3D>(tf.sub<Tensor3D>(embeddings, mean), [1, 0, 2]);
  const [products] = collective.allReduceMean([tf.div<Tensor3D>(tf.matMul(rows, rows, true), batch)]);
  const covariances = tf.mul<Tensor3D>(products, correction);
  const eye = tf.eye(width);
  const variances = tf.sum(tf.mul(covariances, eye), 2);
  const rest = tf.mul(covariances, tf.sub(1, eye));
  return {
    variance: tf.mean(tf.relu(tf.sub(1, tf.sqrt(tf.add(variances, epsilon))))),
    covariance: tf.div(tf.sum(tf.square(rest)), width * columns),
  };
}
