import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Initializer } from '../../contracts/weights.js';
import { kernels } from '../kernels.js';
import { tf } from '../tf.js';
import { filled } from './initialize.js';
import { sizeOf, type Layer } from './layer.js';

export interface DepthwiseConvOptions {
  readonly channels: number;
  /** Height and width of the filters in pixels; odd. */
  readonly size: number;
  readonly initialize: Initializer;
}

/** Depthwise convolution with a bias that starts at zero; zero padding that keeps the size: [B, H, W, C]. */
export function depthwiseConv(name: string, options: DepthwiseConvOptions): Layer<Tensor4D> {
  const { channels, size, initialize } = options;
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    weights: [
      { name: weight, shape: [size, size, 1, channels], initialize, trainable: true, layout: 'conv' },
      { name: bias, shape: [channels], initialize: filled(0), trainable: true, layout: 'plain' },
    ],
    forward: (input, pass) =>
      tf.add<Tensor4D>(kernels.depthwiseConv2d(input, pass.weight<Tensor4D>(weight)), pass.weight<Tensor1D>(bias)),
    cost: shape => ({ shape, multiplyAdds: sizeOf(shape) * size * size, activations: sizeOf(shape) }),
  };
}
