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
      const own = joined([mean, variance], 1);
      own[2 * mean.size] = count;
      return pooled(host.all(own), mean.size);
    },
    means: (sums, count) => {
      const all = joined(sums);
      host.mean(all);
      let end = 0;
      const means = sums.map(one => tf.tensor1d(all.slice(end, (end += one.size)).map(mean => (mean * size) / count)));
      return means as readonly Tensor1D[] as typeof sums;
    },
  };
}

/** The values of tensors, one after the other, and room for some more. */
function joined(tensors: readonly Tensor1D[], more = 0): Float32Array {
  const values = new Float32Array(tensors.reduce((sum, { size }) => sum + size, more));
  let end = 0;
  for (const tensor of tensors) {
    values.set(tensor.dataSync(), end);
    end += tensor.size;
  }
  return values;
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
  const means = new Float64Array(channels);
  for (const [worker, start] of starts.entries())
    for (let c = 0; c < channels; c++) means[c] += (counts[worker] / count) * rows[start + c];
  const variances = new Float64Array(channels);
  for (const [worker, start] of starts.entries())
    for (let c = 0; c < channels; c++)
      variances[c] += (counts[worker] / count) * (rows[start + channels + c] + (rows[start + c] - means[c]) ** 2);
  return { mean: tf.tensor1d(Float32Array.from(means)), variance: tf.tensor1d(Float32Array.from(variances)), count };
}
