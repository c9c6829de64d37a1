import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { kernels } from '../kernels.js';
import { filled } from './initialize.js';
import { sizeOf, type Layer } from './layer.js';

/**
 * Layer normalisation over the last axis, [..., width]: each row to mean 0 and variance 1, then the trained scale
 * `weight` and offset `bias`. The epsilon is that of vision transformers, not torch's own.
 * @see arXiv 1607.06450
 */
export function layerNorm<T extends Tensor>(name: string, width: number, epsilon = 1e-6): Layer<T> {
  const [scale, offset] = [`${name}.weight`, `${name}.bias`];
  const spec = { shape: [width], trainable: true, layout: 'plain' } as const;
  return {
    weights: [
      { ...spec, name: scale, initialize: filled(1) },
      { ...spec, name: offset, initialize: filled(0) },
    ],
    forward: (input, pass) =>
      kernels.layerNorm(input, pass.weight<Tensor1D>(scale), pass.weight<Tensor1D>(offset), epsilon),
    cost: shape => ({ shape, multiplyAdds: 0, activations: sizeOf(shape) }),
  };
}
