import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { BatchExchange, Normalized, PlainBatchNorm } from '../contracts/kernels.js';
import { withGradient } from './custom-gradient.js';
import { leading } from './normalization.js';
import { scope } from './scope.js';
import { tf } from './tf.js';

/**
 * Batch normalisation with the statistics of all workers, as a chain of TensorFlow.js operations with the gradient in
 * closed form. Workers exchange one message forward and one backward.
 */
export function normalizeOverWorkers<T extends Tensor2D | Tensor4D>(
  input: T,
  { scale, offset, epsilon }: Omit<PlainBatchNorm, 'exchange'>,
  exchange: BatchExchange,
): Normalized<T> {
  return scope(() => {
    const axes = leading(input);
    const own = tf.mean<Tensor1D>(input, axes);
    const spread = tf.mean<Tensor1D>(tf.squaredDifference(input, own), axes);
    const statistics = exchange.statistics({ mean: own, variance: spread }, input.size / own.size);
    const { mean, variance, count } = statistics;
    const normalize = withGradient((x: T, gamma: Tensor1D, beta: Tensor1D) => {
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      const factor = tf.mul(inverse, gamma);
      const value = tf.add<T>(tf.mul(tf.sub(x, mean), factor), beta);
      return { value, saved: [x, mean, inverse, factor], gradient: gradientBy(exchange, count) };
    });
    return { output: normalize(input, scale, offset), ...statistics };
  });
}

/** With n = (x - mean) inverse and means over all workers: dx = factor (dy - mean(dy) - n mean(dy n)). */
function gradientBy(exchange: BatchExchange, count: number) {
  return (dy: Tensor, [x, mean, inverse, factor]: readonly Tensor[]): Tensor[] => {
    const axes = leading(dy);
    const centred = tf.sub(x, mean);
    const sum = tf.sum<Tensor1D>(dy, axes);
    const along = tf.mul<Tensor1D>(tf.sum(tf.mul(dy, centred), axes), inverse);
    const [meanDy, meanAlong] = exchange.means([sum, along], count);
    const slope = tf.mul(meanAlong, inverse);
    const dx = tf.mul(tf.sub(tf.sub(dy, meanDy), tf.mul(centred, slope)), factor);
    return [dx, along, sum];
  };
}
