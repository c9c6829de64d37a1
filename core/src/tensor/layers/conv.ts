import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Convolution } from '../../contracts/kernels.js';
import type { Initializer, Pass } from '../../contracts/weights.js';
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
  /** Whether batch normalisation is all that reads the result. */
  readonly normalized?: boolean;
  readonly initialize?: Initializer;
}

/** [B, H, W, inputs] -> [B, ceil(H / stride), ceil(W / stride), outputs]; zero padding of (size - 1) / 2 on all sides. */
export function conv(name: string, options: ConvOptions): Layer<Tensor4D> {
  const { inputs, outputs, size, stride = 1, initialize = kaimingNormalFanOut } = options;
  const shape = [size, size, inputs, outputs];
  return {
    weights: [{ name: weightOf(name), shape, initialize, trainable: true, layout: 'conv' }],
    forward: (input, pass) => kernels.conv2d(input, convolutionOf(name, options, pass)),
    cost: ([height, width]) => {
      const output = [Math.ceil(height / stride), Math.ceil(width / stride), outputs];
      return { shape: output, multiplyAdds: sizeOf(output) * size * size * inputs, activations: sizeOf(output) };
    },
  };
}

/** The convolution of a {@link conv} of this name and these options. */
export function convolutionOf(
  name: string,
  { size, stride = 1, normalized = false }: ConvOptions,
  pass: Pass,
): Convolution {
  return {
    filter: pass.weight<Tensor4D>(weightOf(name)),
    stride,
    padding: (size - 1) / 2,
    // Running statistics are applied by kernels that read float32.
    normalized: normalized && pass.training,
  };
}

const weightOf = (name: string): string => `${name}.weight`;
