import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Collective } from '../../contracts/collective.js';
import type { BatchExchange, BatchStatistics } from '../../contracts/kernels.js';

/** Exchange of statistics over a collective, in one message each. Workers may have different numbers of values. */
export function batchExchange(collective: Collective): BatchExchange {
  return {
    statistics: ({ mean, variance }, count) => {
      const own = tf.concat<Tensor1D>([mean, variance, tf.tensor1d([count])]);
      const [rows] = collective.allGather([tf.expandDims(own, 0)]);
      return pooled(rows.dataSync<'float32'>(), mean.size);
    },
    means: (sums, count) => {
      const factor = collective.size / count;
      return collective.allReduceMean(sums).map(one => tf.mul(one, factor)) as readonly Tensor1D[] as typeof sums;
    },
  };
}

/**
 * Statistics of all values from a row [mean, variance, count] of each worker. The squared distances of the workers' means
 * complete the variance: unlike the difference of the mean square and the squared mean, this loses no digits. It is computed
 * here and not by the backend, because so few numbers take less time than the calls of its operations.
 * @see Chan and others, Updating formulae and a pairwise algorithm for computing sample variances, STAN-CS-79-773
 */
function pooled(rows: Float32Array, channels: number): BatchStatistics {
  const width = 2 * channels + 1;
  const starts = Array.from({ length: rows.length / width }, (_, worker) => worker * width);
  const counts = starts.map(start => rows[start + 2 * channels]);
  const count = counts.reduce((sum, one) => sum + one, 0);
  const over = (value: (start: number) => number): number =>
    starts.reduce((sum, start, worker) => sum + (counts[worker] / count) * value(start), 0);
  const means = Float64Array.from({ length: channels }, (_, c) => over(start => rows[start + c]));
  const variances = Float32Array.from(means, (mean, c) =>
    over(start => rows[start + channels + c] + (rows[start + c] - mean) ** 2),
  );
  return { mean: tf.tensor1d(Float32Array.from(means)), variance: tf.tensor1d(variances), count };
}
