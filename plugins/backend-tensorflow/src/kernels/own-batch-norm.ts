import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import {
  scope,
  withGradient,
  type BatchExchange,
  type BatchNormParameters,
  type BatchStatistics,
  type Normalized,
  type PlainBatchNorm,
} from '@carl-ssl/core';
import { operation } from './operation.js';

/** Batch normalisation with our operations; see `native/math/batch-norm.h`. */
export function batchNorm<T extends Tensor2D | Tensor4D>(input: T, parameters: PlainBatchNorm): Normalized<T> {
  return normalize(input, parameters, false);
}

/** Batch normalisation with the addition of a shortcut and a relu in the same pass over memory. */
export function batchNormRelu<T extends Tensor2D | Tensor4D>(
  input: T,
  parameters: BatchNormParameters<T>,
): Normalized<T> {
  return normalize(input, parameters, true);
}

/** Runs the forward operation outside the differentiated function, which can have only one output. */
function normalize<T extends Tensor2D | Tensor4D>(
  input: T,
  parameters: BatchNormParameters<T>,
  relu: boolean,
): Normalized<T> {
  const { scale, offset, epsilon, shortcut, exchange } = parameters;
  return scope(() => {
    const attributes = { epsilon, relu, add: shortcut !== undefined };
    const { value, ...statistics } = forward(input, parameters, attributes);
    const { mean, variance, count } = statistics;
    const differentiable = withGradient((x: Tensor, ...rest: Tensor[]) => ({
      value,
      // The sign of the output masks the gradient; without a shortcut, the sign follows from the input.
      saved: [x, ...(shortcut ? [value] : []), rest[0], rest[1], mean, variance],
      gradient: (dy, [of, ...others]) => {
        // Without a shortcut, any tensor takes the place of the output.
        const kept = shortcut ? others : [others[0], ...others];
        return normalizationGradients([dy, of, ...kept], attributes, { exchange, count });
      },
    }));
    const output = differentiable(input, scale, offset, ...(shortcut ? [shortcut] : [])) as T;
    return { output, ...statistics };
  });
}

/** Settings of our operations: `add` for the addition of a shortcut. */
export interface Attributes {
  readonly epsilon: number;
  readonly relu: boolean;
  readonly add: boolean;
}

function forward(
  input: Tensor,
  { scale, offset, shortcut, exchange }: BatchNormParameters<Tensor>,
  attributes: Attributes & Readonly<Record<string, number | boolean>>,
): BatchStatistics & { readonly value: Tensor } {
  const inputs = [input, scale, offset, shortcut ?? scale];
  const settings = { types: [], attributes };
  if (exchange) {
    const statistics = batchStatistics(input, scale.size, exchange);
    const [value] = operation('CarlNormalizeChannels', [...inputs, statistics.mean, statistics.variance], settings);
    return { value, ...statistics };
  }
  const [value, mean, variance] = operation('CarlBatchNorm', inputs, { ...settings, outputs: 3 });
  return { value, mean: mean as Tensor1D, variance: variance as Tensor1D, count: input.size / scale.size };
}

/** Mean and variance of each channel of an input, or of those of all workers. */
export function batchStatistics(input: Tensor, channels: number, exchange?: BatchExchange): BatchStatistics {
  const [mean, variance] = operation('CarlChannelMoments', [input], { types: [], outputs: 2 }) as Tensor1D[];
  const count = input.size / channels;
  return exchange ? exchange.statistics({ mean, variance }, count) : { mean, variance, count };
}

/**
 * The gradients of the input, the scale, the offset and, if it is added, the shortcut.
 * @param tensors dy, the input, the output, which is read only if a shortcut is added, scale, offset, mean and variance
 */
export function normalizationGradients(
  tensors: readonly Tensor[],
  attributes: Attributes & Readonly<Record<string, number | boolean>>,
  { exchange, count }: { readonly exchange?: BatchExchange | undefined; readonly count: number },
): Tensor[] {
  const settings = { types: [], attributes };
  if (!exchange) {
    const gradients = operation('CarlBatchNormGrad', tensors, { ...settings, outputs: 4 });
    if (!attributes.add) gradients.pop()!.dispose();
    return gradients;
  }
  const [dScale, dOffset, dShortcut] = operation('CarlBatchNormSums', tensors, { ...settings, outputs: 3 });
  const means = exchange.means([dOffset as Tensor1D, dScale as Tensor1D], count);
  const [dy, x, , ...rest] = tensors;
  const { epsilon, relu, add } = attributes;
  // The gradient of a shortcut is masked already.
  const [dx] = operation('CarlBatchNormInputGradient', [add ? dShortcut : dy, x, ...rest, ...means], {
    types: [],
    attributes: { epsilon, relu: relu && !add },
  });
  return [dx, dScale, dOffset, ...(add ? [dShortcut] : [])];
}
