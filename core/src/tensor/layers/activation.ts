import type { Tensor } from '@tensorflow/tfjs-core';
import { kernels } from '../kernels.js';
import { sizeOf, type Layer } from './layer.js';

/** max(x, 0). */
export function relu<T extends Tensor>(): Layer<T> {
  return activation(input => kernels.relu(input));
}

/** x times the normal distribution function of x, with the error function. */
export function gelu<T extends Tensor>(): Layer<T> {
  return activation(input => kernels.gelu(input));
}

function activation<T extends Tensor>(forward: (input: T) => T): Layer<T> {
  return { weights: [], forward, cost: shape => ({ shape, multiplyAdds: 0, activations: sizeOf(shape) }) };
}
