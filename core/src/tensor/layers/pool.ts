import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { sizeOf, type Layer } from './layer.js';

/**
 * Maximum over squares of `size` pixels, with a padding of (size - 1) / 2 as in PyTorch. The border is padded with
 * -Infinity first, because not every backend supports explicit padding in pooling.
 */
export function maxPool(size: number, stride: number): Layer<Tensor4D> {
  const border: [number, number] = [(size - 1) / 2, (size - 1) / 2];
  return {
    weights: [],
    forward: input => {
      const padded = tf.pad(input, [[0, 0], border, border, [0, 0]], -Infinity);
      return tf.maxPool(padded, size, stride, 'valid');
    },
    cost: ([height, width, channels]) => {
      const shape = [Math.ceil(height / stride), Math.ceil(width / stride), channels];
      return { shape, multiplyAdds: 0, activations: sizeOf(shape) };
    },
  };
}

/** Mean over all pixels: [B, H, W, C] -> [B, C]. */
export function globalMeanPool(input: Tensor4D): Tensor2D {
  return tf.mean<Tensor2D>(input, [1, 2]);
}
