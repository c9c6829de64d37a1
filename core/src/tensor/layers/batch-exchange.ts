import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../../contracts/collective.js';
import type { BatchExchange } from '../../contracts/kernels.js';

/** Exchange of statistics over a collective, in one message each. Workers may have different numbers of values. */
export function batchExchange(collective: Collective): BatchExchange {
  return {
    statistics: (own, count) => pooled(own, count, collective),
    sums: own =>
      collective.allReduceMean(own).map(mean => tf.mul(mean, collective.size)) as readonly Tensor1D[] as typeof own,
  };
}

/**
 * The squared distances of the workers' means complete the variance: unlike the difference of the mean square and the
 * squared mean, this loses no digits.
 * @see Chan and others, Updating formulae and a pairwise algorithm for computing sample variances, STAN-CS-79-773
 */
function pooled(
  own: { readonly mean: Tensor1D; readonly variance: Tensor1D },
  values: number,
  collective: Collective,
): ReturnType<BatchExchange['statistics']> {
  const row = (one: Tensor1D): Tensor2D => tf.expandDims(one, 0);
  const [means, variances, counts] = collective.allGather([
    row(own.mean),
    row(own.variance),
    tf.tensor2d([values], [1, 1]),
  ]);
  const count = tf.sum<Scalar>(counts);
  const shares = tf.div(counts, count);
  const mean = tf.sum<Tensor1D>(tf.mul(shares, means), 0);
  const variance = tf.sum<Tensor1D>(tf.mul(shares, tf.add(variances, tf.square(tf.sub(means, mean)))), 0);
  return { mean, variance, count };
}
