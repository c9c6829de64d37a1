import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import {
  scope,
  tf,
  withGradient,
  type BatchExchange,
  type BatchNormParameters,
  type BatchOfWorkers,
  type BatchStatistics,
  type Normalized,
} from '@carl-ssl/core';
import { operation } from './operation.js';

/** Batch normalisation over all workers with the stages of our operations; see `native/math/batch-norm.h`. */
export function batchNormOfWorkers<T extends Tensor2D | Tensor4D>(
  input: T,
  { scale, offset, epsilon, shortcut }: BatchNormParameters<T>,
  { relu, exchange }: BatchOfWorkers,
): Normalized<T> & BatchStatistics {
  return scope(() => {
    const [own, spread] = operation('CarlChannelMoments', [input], { types: [], outputs: 2 }) as Tensor1D[];
    const statistics = exchange.statistics({ mean: own, variance: spread }, input.size / scale.size);
    const { mean, variance, count } = statistics;
    const attributes = { epsilon, relu, add: shortcut !== undefined };
    const differentiable = withGradient((x: Tensor, ...[gamma, beta, added]: Tensor[]) => {
      const inputs = [x, gamma, beta, added ?? gamma, mean, variance];
      const [value] = operation('CarlNormalizeChannels', inputs, { types: [], attributes });
      return {
        value,
        saved: [x, gamma, mean, variance, ...(relu ? [value] : [])],
        gradient: (dy, saved) => gradients(dy, saved, { epsilon, exchange, count }).slice(0, shortcut ? 4 : 3),
      };
    });
    const output = differentiable(input, scale, offset, ...(shortcut ? [shortcut] : [])) as T;
    return { output, ...statistics };
  });
}

interface Backward {
  readonly epsilon: number;
  readonly exchange: BatchExchange;
  /** Values of each channel in the batch of all workers. */
  readonly count: number;
}

/** Gradients of input, scale, offset and shortcut; `y` is saved if a relu follows the normalisation. */
function gradients(
  dy: Tensor,
  [x, scale, mean, variance, y]: readonly Tensor[],
  { epsilon, exchange, count }: Backward,
): Tensor[] {
  const relu = y !== undefined;
  const settings = { types: [], attributes: { relu }, outputs: 3 };
  const [sum, along, masked] = operation('CarlSumGradients', [dy, x, y ?? scale, mean], settings);
  const g = relu ? masked : dy;
  const means = exchange.means([sum as Tensor1D, along as Tensor1D], count);
  const inputs = [g, x, scale, mean, variance, ...means];
  const [dx] = operation('CarlNormalizedInputGradient', inputs, { types: [], attributes: { epsilon } });
  return [dx, tf.mul(along, tf.rsqrt(tf.add(variance, epsilon))), sum, g];
}
