import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { normalizeOverWorkers, tf, withGradient, type Normalized, type PlainBatchNorm } from '@carl-ssl/core';
import { operation } from './operation.js';

const TYPES = ['T', 'U'] as const;

/** Batch normalisation with one operation forward and one backward: FusedBatchNormV3 and FusedBatchNormGradV3. */
export function batchNorm<T extends Tensor2D | Tensor4D>(
  input: T,
  { exchange, ...parameters }: PlainBatchNorm,
): Normalized<T> {
  if (exchange) return normalizeOverWorkers(input, parameters, exchange);
  const count = input.size / parameters.scale.size;
  const [output, mean, variance] = tf.tidy(() => {
    if (input.rank === 4) return normalize(input as Tensor4D, parameters);
    const pixels: Tensor4D = tf.reshape(input, [count, 1, 1, parameters.scale.size]);
    const [normalized, ...statistics] = normalize(pixels, parameters);
    return [tf.reshape(normalized, input.shape), ...statistics];
  });
  return { output: output as T, mean: mean as Tensor1D, variance: variance as Tensor1D, count };
}

/**
 * Runs the forward operation outside the differentiated function, which can have only one output. The operation returns
 * three reserve tensors for its gradient, whose content depends on the device.
 */
function normalize(input: Tensor4D, { scale, offset, epsilon }: PlainBatchNorm): Tensor[] {
  const attributes = { epsilon, data_format: 'NHWC', is_training: true };
  const none = tf.tensor1d([]);
  const settings = { attributes: { ...attributes, exponential_avg_factor: 1 }, types: TYPES, outputs: 6 };
  const [value, mean, unbiased, ...reserve] = operation(
    'FusedBatchNormV3',
    [input, scale, offset, none, none],
    settings,
  );
  const differentiable = withGradient((x: Tensor4D, gamma: Tensor1D, _beta: Tensor1D) => ({
    value: value as Tensor4D,
    saved: [x, gamma, ...reserve],
    gradient: (dy, saved) => gradient(dy, saved, attributes),
  }));
  const count = input.size / scale.size;
  const variance = tf.mul(unbiased, Math.max(1, count - 1) / count);
  return [differentiable(input, scale, offset), mean, variance];
}

function gradient(
  dy: Tensor,
  [x, scale, ...reserve]: readonly Tensor[],
  attributes: Readonly<Record<string, number | string | boolean>>,
): Tensor[] {
  const settings = { attributes, types: TYPES, outputs: 5 };
  const [dx, dScale, dOffset, ...unused] = operation('FusedBatchNormGradV3', [dy, x, scale, ...reserve], settings);
  tf.dispose(unused);
  return [dx, dScale, dOffset];
}
