import type { Tensor2D } from '@tensorflow/tfjs-core';
import { kernels } from '../kernels.js';
import { tf } from '../tf.js';
import { filled, uniformFanIn } from './initialize.js';
import type { Layer } from './layer.js';
import { normalizeRows } from './normalize-rows.js';

export interface WeightNormOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** True if the lengths `weight_g` are trained; they start at 1. */
  readonly learnNorm: boolean;
}

/**
 * A linear layer without bias, with separate length and direction of each row: W_k = g_k v_k / |v_k|. [B, inputs] ->
 * [B, outputs]; weights `weight_g` [outputs, 1] and `weight_v` [outputs, inputs].
 * @see arXiv 1602.07868
 */
export function weightNormLinear(name: string, options: WeightNormOptions): Layer<Tensor2D> {
  const { inputs, outputs, learnNorm } = options;
  const lengths = `${name}.weight_g`;
  const directions = `${name}.weight_v`;
  return {
    weights: [
      { name: lengths, shape: [outputs, 1], initialize: filled(1), trainable: learnNorm, layout: 'plain' },
      {
        name: directions,
        shape: [outputs, inputs],
        initialize: uniformFanIn(inputs),
        trainable: true,
        layout: 'plain',
      },
    ],
    forward: (input, pass) => {
      const units = normalizeRows(pass.weight<Tensor2D>(directions));
      return kernels.linear(input, tf.mul<Tensor2D>(units, pass.weight(lengths)));
    },
    cost: () => ({ shape: [outputs], multiplyAdds: inputs * outputs, activations: outputs }),
  };
}
