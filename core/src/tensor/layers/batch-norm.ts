import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Collective } from '../../contracts/collective.js';
import type { Pass, WeightSpec } from '../../contracts/weights.js';
import { CarlError } from '../../errors.js';
import { kernels, type Normalized } from '../kernels.js';
import { filled } from './initialize.js';
import type { Layer } from './layer.js';

export interface BatchNormOptions {
  /** Whether it has the trained scale `weight` and offset `bias`. */
  readonly affine?: boolean;
  readonly epsilon?: number;
  /** Share of the batch in the new running statistics. */
  readonly momentum?: number;
  /** Start of the scale. */
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
  const { affine = true, epsilon = 1e-5, momentum = 0.1, initialScale = 1 } = options;
  const names = namesOf(name);
  const forward = (input: T, pass: Pass): T => {
    const scale = affine ? pass.weight<Tensor1D>(names.scale) : tf.ones<Rank.R1>([channels]);
    const offset = affine ? pass.weight<Tensor1D>(names.offset) : tf.zeros<Rank.R1>([channels]);
    if (!pass.training) {
      const [mean, variance] = [pass.weight<Tensor1D>(names.mean), pass.weight<Tensor1D>(names.variance)];
      return tf.batchNorm<Rank>(input, mean, variance, offset, scale, epsilon) as T;
    }
    const count = valuesPerChannel(name, input, pass.collective);
    const { output, mean, variance } = normalize(input, { scale, offset, epsilon, collective: pass.collective });
    track(pass, names.mean, { value: mean, momentum });
    track(pass, names.variance, { value: tf.mul(variance, count / (count - 1)), momentum });
    return output;
  };
  return {
    weights: specs(names, channels, affine ? initialScale : undefined),
    forward,
    // Its backward pass needs what came in, which the layer before it counts.
    cost: shape => ({ shape, multiplyAdds: 0, activations: 0 }),
  };
}

type Names = Readonly<Record<'scale' | 'offset' | 'mean' | 'variance', string>>;

/** torch's names. */
function namesOf(name: string): Names {
  return {
    scale: `${name}.weight`,
    offset: `${name}.bias`,
    mean: `${name}.running_mean`,
    variance: `${name}.running_var`,
  };
}

function specs(names: Names, channels: number, scale: number | undefined): WeightSpec[] {
  const spec = (weight: string, start: number, trainable: boolean): WeightSpec => ({
    name: weight,
    shape: [channels],
    initialize: filled(start),
    trainable,
    layout: 'plain',
  });
  const trained = scale === undefined ? [] : [spec(names.scale, scale, true), spec(names.offset, 0, true)];
  return [...trained, spec(names.mean, 0, false), spec(names.variance, 1, false)];
}

function valuesPerChannel(name: string, input: Tensor, collective: Collective): number {
  const count = (input.size / input.shape.at(-1)!) * collective.size;
  if (count > 1) return count;
  throw new CarlError(
    'SHAPE',
    `Batch normalisation \`${name}\` got a batch with a single value per channel (shape [${input.shape.join(', ')}]), which has ` +
      `no variance. It needs two values or more: make the batch larger, or the images larger than one pixel at that layer.`,
  );
}

interface Normalization {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
  readonly epsilon: number;
  readonly collective: Collective;
}

function normalize<T extends Tensor2D | Tensor4D>(input: T, using: Normalization): Normalized<T> {
  const { scale, offset, epsilon, collective } = using;
  if (collective.size === 1) return kernels.batchNorm(input, scale, offset, epsilon);
  const axes = input.shape.slice(0, -1).map((_, axis) => axis);
  // Two rounds, mean first, because the difference of mean square and squared mean loses digits.
  const mean = collective.allReduceMean(tf.mean<Tensor1D>(input, axes));
  const centred = tf.sub<T>(input, mean);
  const variance = collective.allReduceMean(tf.mean<Tensor1D>(tf.square(centred), axes));
  const factor = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), scale);
  return { output: tf.add<T>(tf.mul(centred, factor), offset), mean, variance };
}

function track(pass: Pass, name: string, batch: { readonly value: Tensor; readonly momentum: number }): void {
  const { value, momentum } = batch;
  pass.update(name, tf.add(tf.mul(pass.weight(name), 1 - momentum), tf.mul(value, momentum)));
}
