import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Initializer } from '../../contracts/weights.js';
import { kernels } from '../kernels.js';
import { kaimingNormalFanOut } from './initialize.js';
import { sizeOf, type Layer } from './layer.js';

/** A convolution without bias, for use before batch normalisation. */
export interface ConvOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of the filter in pixels; odd. */
  readonly size: number;
  readonly stride?: number;
  readonly initialize?: Initializer;
}

/** [B, H, W, inputs] -> [B, ceil(H / stride), ceil(W / stride), outputs]; zero padding of (size - 1) / 2 on all sides. */
export function conv(name: string, options: ConvOptions): Layer<Tensor4D> {
  const { inputs, outputs, size, stride = 1, initialize = kaimingNormalFanOut } = options;
  const shape = [size, size, inputs, outputs];
  const weight = `${name}.weight`;
  return {
    weights: [{ name: weight, shape, initialize, trainable: true, layout: 'conv' }],
    forward: (input, pass) => kernels.conv2d(input, pass.weight<Tensor4D>(weight), stride, (size - 1) / 2),
    cost: ([height, width]) => {
      const output = [Math.ceil(height / stride), Math.ceil(width / stride), outputs];
      return { shape: output, multiplyAdds: sizeOf(output) * size * size * inputs, activations: sizeOf(output) };
    },
  };
}
