import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Initializer, WeightSpec } from '../../contracts/weights.js';
import { filled, uniformFanIn } from './initialize.js';
import type { Layer } from './layer.js';

export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias?: boolean;
  /** Of the weight; biases then start at zero. Without it both start as torch's. */
  readonly initialize?: Initializer;
}

/** x W^T + b: [B, inputs] -> [B, outputs], W [outputs, inputs]. */
export function linear(name: string, options: LinearOptions): Layer<Tensor2D> {
  const { inputs, outputs, bias = true, initialize } = options;
  const spec = (part: string, shape: number[], start: Initializer): WeightSpec => ({
    name: `${name}.${part}`,
    shape,
    initialize: start,
    trainable: true,
    layout: 'plain',
  });
  const weight = spec('weight', [outputs, inputs], initialize ?? uniformFanIn(inputs));
  const offset = spec('bias', [outputs], initialize ? filled(0) : uniformFanIn(inputs));
  return {
    weights: bias ? [weight, offset] : [weight],
    forward: (input, pass) => {
      const product = tf.matMul<Tensor2D>(input, pass.weight<Tensor2D>(weight.name), false, true);
      return bias ? tf.add<Tensor2D>(product, pass.weight<Tensor1D>(offset.name)) : product;
    },
    cost: () => ({ shape: [outputs], multiplyAdds: inputs * outputs, activations: outputs }),
  };
}
