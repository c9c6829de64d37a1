import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../../contracts/collective.js';

/** Statistics of all values of a channel, [C], over the batch of all workers. */
export interface BatchStatistics {
  readonly mean: Tensor1D;
  /** Biased: over n values, not n - 1. */
  readonly variance: Tensor1D;
  /** n, the values of a channel. */
  readonly count: Scalar;
}

/**
 * Mean and variance over all axes but the last of [..., C], of all workers in one message. Each worker sends those of its
 * own values, and the squared distances of the workers' means complete the variance: unlike the difference of the mean
 * square and the squared mean, this loses no digits. Workers may have different numbers of values. Differentiable.
 * @see Chan and others, Updating formulae and a pairwise algorithm for computing sample variances, STAN-CS-79-773
 */
export function statisticsOfWorkers(input: Tensor, collective: Collective): BatchStatistics {
  const axes = input.shape.slice(0, -1).map((_, axis) => axis);
  const channels = input.shape.at(-1)!;
  const own = tf.mean<Tensor1D>(input, axes);
  const spread = tf.mean<Tensor1D>(tf.square(tf.sub(input, own)), axes);
  const row = (values: Tensor1D): Tensor2D => tf.reshape(values, [1, channels]);
  const [means, variances, counts] = collective.allGather([
    row(own),
    row(spread),
    tf.tensor2d([input.size / channels], [1, 1]),
  ]);
  const count = tf.sum<Scalar>(counts);
  const shares = tf.div(counts, count);
  const mean = tf.sum<Tensor1D>(tf.mul(shares, means), 0);
  const variance = tf.sum<Tensor1D>(tf.mul(shares, tf.add(variances, tf.square(tf.sub(means, mean)))), 0);
  return { mean, variance, count };
}
