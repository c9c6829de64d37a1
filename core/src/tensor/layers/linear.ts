import type { Rank, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Initializer, WeightSpec } from '../../contracts/weights.js';
import { kernels } from '../kernels.js';
import { tf } from '../tf.js';
import { filled, uniformFanIn } from './initialize.js';
import { sizeOf, type Layer } from './layer.js';

export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias?: boolean;
  /** Initial weight; without it, weight and bias have PyTorch's initialisation. */
  readonly initialize?: Initializer;
  /** Initial bias; zero if `initialize` is given. */
  readonly initializeBias?: Initializer;
}

/** x W^T + b along the last axis: [..., inputs] -> [..., outputs], W [outputs, inputs]. */
export function linear<T extends Tensor = Tensor2D>(name: string, options: LinearOptions): Layer<T> {
  const { inputs, outputs, bias = true, initialize } = options;
  const spec = (part: string, shape: number[], start: Initializer): WeightSpec => ({
    name: `${name}.${part}`,
    shape,
    initialize: start,
    trainable: true,
    layout: 'plain',
  });
  const weight = spec('weight', [outputs, inputs], initialize ?? uniformFanIn(inputs));
  const biasStart = options.initializeBias ?? (initialize ? filled(0) : uniformFanIn(inputs));
  const offset = spec('bias', [outputs], biasStart);
  return {
    weights: bias ? [weight, offset] : [weight],
    forward: (input, pass) =>
      rowsTimes(input, pass.weight<Tensor2D>(weight.name), bias ? pass.weight<Tensor1D>(offset.name) : undefined),
    cost: shape => {
      const output = [...shape.slice(0, -1), outputs];
      return { shape: output, multiplyAdds: inputs * sizeOf(output), activations: sizeOf(output) };
    },
  };
}

/** x W^T + b along the last axis: [..., inputs] -> [..., outputs], by one matrix product whatever the rank. */
export function rowsTimes<T extends Tensor>(input: T, weight: Tensor2D, bias?: Tensor1D): T {
  const [outputs, inputs] = weight.shape;
  const product = kernels.linear(tf.reshape(input, [-1, inputs]), weight);
  const result = bias ? tf.add<Tensor2D>(product, bias) : product;
  return tf.reshape<Rank>(result, [...input.shape.slice(0, -1), outputs]) as T;
}
