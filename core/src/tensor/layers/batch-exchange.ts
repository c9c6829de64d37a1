import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Collective } from '../../contracts/collective.js';
import type { BatchExchange, BatchStatistics } from '../../contracts/kernels.js';
import { tf } from '../tf.js';

/**
 * Exchange of statistics over a collective, in one message each. Workers may have different numbers of values. All is computed
 * here and not by the backend, because so few numbers take less time than the calls of its operations.
 */
export function batchExchange({ host, size }: Pick<Collective, 'host' | 'size'>): BatchExchange {
  return {
    statistics: ({ mean, variance }, count) => {
      const own = Float32Array.of(...mean.dataSync(), ...variance.dataSync(), count);
      return pooled(host.all(own), mean.size);
    },
    means: (sums, count) => {
      const all = Float32Array.from(sums.flatMap(one => [...one.dataSync()]));
      host.mean(all);
      let end = 0;
      const means = sums.map(one => tf.tensor1d(all.slice(end, (end += one.size)).map(mean => (mean * size) / count)));
      return means as readonly Tensor1D[] as typeof sums;
    },
  };
}

/**
 * Statistics of all values from a row [mean, variance, count] of each worker. The squared distances of the workers' means
 * complete the variance: unlike the difference of the mean square and the squared mean, this loses no digits.
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
