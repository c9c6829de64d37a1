import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Pass, WeightSpec } from '../../contracts/weights.js';
import { CarlError } from '../../errors/carl-error.js';
import { kernels } from '../kernels.js';
import { batchExchange } from './batch-exchange.js';
import { filled } from './initialize.js';
import { sizeOf, type Layer } from './layer.js';
import type { BatchNormParameters, BatchStatistics, Normalized } from '../../contracts/kernels.js';
import { tf } from '../tf.js';

export interface BatchNormOptions {
  /** True for a trained scale `weight` and offset `bias`. */
  readonly affine?: boolean;
  readonly epsilon?: number;
  /** Weight of the batch in the new running statistics. */
  readonly momentum?: number;
  /** Initial scale. */
  readonly initialScale?: number;
}

/**
 * Batch normalisation over all axes but the last, [..., C]. Training: statistics of the global batch of all workers,
 * and running statistics move towards them, the variance unbiased; evaluation: running statistics.
 * @throws CarlError SHAPE in training on a single value per channel
 * @see arXiv 1502.03167
 */
export function batchNorm<T extends Tensor2D | Tensor4D>(
  name: string,
  channels: number,
  options: BatchNormOptions = {},
): Layer<T> {
  return {
    weights: batchNormWeights(name, channels, options),
    forward: (input, pass) => normalized<T>(input, pass, { name, channels, options, kernel: plain }),
    // The backward pass keeps only the input, which is counted as the output of the previous layer.
    cost: shape => ({ shape, multiplyAdds: 0, activations: 0 }),
  };
}

/** A layer that can add a shortcut, the output of another layer. */
export interface ShortcutLayer<T extends Tensor> extends Layer<T> {
  forward(input: T, pass: Pass, shortcut?: T): T;
}

/** Batch normalisation, then the sum with the shortcut if there is one, then relu. */
export function batchNormRelu<T extends Tensor2D | Tensor4D>(
  name: string,
  channels: number,
  options: BatchNormOptions = {},
): ShortcutLayer<T> {
  return {
    weights: batchNormWeights(name, channels, options),
    forward: (input, pass, shortcut) =>
      normalized<T>(input, pass, { name, channels, options, kernel: rectified, shortcut }),
    cost: shape => ({ shape, multiplyAdds: 0, activations: sizeOf(shape) }),
  };
}

/** Forms of batch normalisation: with a relu or without, and with an operation that follows. */
export interface NormalizationKernel<T extends Tensor> {
  readonly relu: boolean;
  /** Normalises by the statistics of the batch, and does all that follows. */
  readonly train: (input: T, parameters: BatchNormParameters<T>) => Normalized<T>;
  /** What follows normalisation and relu. */
  readonly after?: (value: T) => T;
}

const plain = {
  relu: false,
  train: <T extends Tensor2D | Tensor4D>(input: T, { shortcut: _, ...parameters }: BatchNormParameters<T>) =>
    kernels.batchNorm(input, parameters),
};

const rectified = {
  relu: true,
  train: <T extends Tensor2D | Tensor4D>(input: T, parameters: BatchNormParameters<T>) =>
    kernels.batchNormRelu(input, parameters),
};

interface BatchNorm<T extends Tensor> {
  readonly name: string;
  readonly channels: number;
  readonly options: BatchNormOptions;
  readonly kernel: NormalizationKernel<T>;
  readonly shortcut?: T | undefined;
}

/** Batch normalisation in training or evaluation mode, and what its kernel does after it. */
export function normalized<T extends Tensor2D | Tensor4D>(input: T, pass: Pass, layer: BatchNorm<T>): T {
  const { name, channels, kernel, shortcut } = layer;
  const { affine = true, epsilon = 1e-5, momentum = 0.1 } = layer.options;
  const names = namesOf(name);
  const scale = affine ? pass.weight<Tensor1D>(names.scale) : tf.ones<Rank.R1>([channels]);
  const offset = affine ? pass.weight<Tensor1D>(names.offset) : tf.zeros<Rank.R1>([channels]);
  if (!pass.training) {
    const [mean, variance] = [pass.weight<Tensor1D>(names.mean), pass.weight<Tensor1D>(names.variance)];
    return rest(tf.batchNorm<Rank>(input, mean, variance, offset, scale, epsilon) as T, kernel, shortcut);
  }
  const { collective } = pass;
  assertVariance(name, input, collective.size);
  const exchange = collective.size > 1 ? batchExchange(collective) : undefined;
  const { output, ...statistics } = kernel.train(input, { scale, offset, epsilon, shortcut, exchange });
  assertExchanged(statistics.count, input, collective.size);
  track(pass, names, { ...statistics, momentum });
  return output;
}

/** The part after normalisation. */
function rest<T extends Tensor>(value: T, { relu, after = same }: NormalizationKernel<T>, shortcut?: T): T {
  if (!relu) return after(value);
  return after(shortcut ? kernels.addRelu(value, shortcut) : kernels.relu(value));
}

const same = <T>(value: T): T => value;

type Names = Readonly<Record<'scale' | 'offset' | 'mean' | 'variance', string>>;

/** PyTorch's names. */
function namesOf(name: string): Names {
  return {
    scale: `${name}.weight`,
    offset: `${name}.bias`,
    mean: `${name}.running_mean`,
    variance: `${name}.running_var`,
  };
}

/** Weights and running statistics of a batch normalisation. */
export function batchNormWeights(
  name: string,
  channels: number,
  { affine = true, initialScale = 1 }: BatchNormOptions,
): WeightSpec[] {
  const names = namesOf(name);
  const spec = (weight: string, start: number, trainable: boolean): WeightSpec => ({
    name: weight,
    shape: [channels],
    initialize: filled(start),
    trainable,
    layout: 'plain',
  });
  const trained = affine ? [spec(names.scale, initialScale, true), spec(names.offset, 0, true)] : [];
  return [...trained, spec(names.mean, 0, false), spec(names.variance, 1, false)];
}

function assertVariance(name: string, input: Tensor, workers: number): void {
  if (valuesPerChannel(input) * workers > 1) return;
  throw new CarlError(
    'SHAPE',
    `Batch normalisation \`${name}\` got a batch with a single value per channel (shape [${input.shape.join(', ')}]), which has ` +
      `no variance. It needs two values or more: make the batch larger, or the images larger than one pixel at that layer.`,
  );
}

const valuesPerChannel = ({ size, shape }: Tensor): number => size / shape.at(-1)!;

/** A backend whose kernels do not know several workers would normalise by the statistics of each. */
function assertExchanged(count: number, input: Tensor, workers: number): void {
  if (workers === 1 || count > valuesPerChannel(input)) return;
  throw new CarlError(
    'PLUGIN_CONTRACT',
    'Batch normalisation of the active backend ignores the parameter `exchange`, so that each worker has statistics of its own. ' +
      'The backend must call `exchange.statistics`, or leave the kernel to @carl-ssl/core where `exchange` is given.',
  );
}

/** Running statistics move towards those of the batch, the variance to its unbiased estimate. */
function track(
  pass: Pass,
  names: Names,
  { mean, variance, count, momentum }: BatchStatistics & { readonly momentum: number },
): void {
  const [newMean, newVariance] = kernels.weightedSums([
    { factor: 1 - momentum, tensors: [pass.weight(names.mean), pass.weight(names.variance)] },
    { factor: [momentum, (momentum * count) / (count - 1)], tensors: [mean, variance] },
  ]);
  pass.update(names.mean, newMean);
  pass.update(names.variance, newVariance);
}
