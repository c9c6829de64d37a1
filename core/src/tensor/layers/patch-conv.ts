import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Initializer } from '../../contracts/weights.js';
import { kernels } from '../kernels.js';
import { tf } from '../tf.js';
import { filled } from './initialize.js';
import { sizeOf, type Layer } from './layer.js';

export interface PatchConvOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of a patch in pixels. */
  readonly size: number;
  readonly initialize: Initializer;
}

/**
 * A linear map of non-overlapping patches, with a bias that starts at zero: [B, H, W, inputs] -> [B, floor(H / size),
 * floor(W / size), outputs]. Remaining pixels at the lower and right border are ignored.
 */
export function patchConv(name: string, options: PatchConvOptions): Layer<Tensor4D> {
  const { inputs, outputs, size, initialize } = options;
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    weights: [
      { name: weight, shape: [size, size, inputs, outputs], initialize, trainable: true, layout: 'conv' },
      { name: bias, shape: [outputs], initialize: filled(0), trainable: true, layout: 'plain' },
    ],
    forward: (input, pass) =>
      tf.add<Tensor4D>(
        kernels.conv2d(input, { filter: pass.weight<Tensor4D>(weight), stride: size, padding: 0 }),
        pass.weight<Tensor1D>(bias),
      ),
    cost: ([height, width]) => {
      const shape = [Math.floor(height / size), Math.floor(width / size), outputs];
      return { shape, multiplyAdds: sizeOf(shape) * size * size * inputs, activations: sizeOf(shape) };
    },
  };
}
