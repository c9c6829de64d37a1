import {
  depthwiseConv,
  filled,
  gelu,
  layerNorm,
  linear,
  normal,
  residual,
  sequence,
  tf,
  type Layer,
} from '@carl-ssl/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

export interface BlockOptions {
  readonly dim: number;
  /** Start of the factors of the branch's channels. */
  readonly layerScale: number;
  readonly dropRate: number;
}

/** All weights but scales and biases start like this. */
export const initialize = normal(0.02);

/**
 * A 7x7 filter over each channel, layer normalisation, and two linear layers over each pixel with four times the
 * channels between them, as a branch: [B, H, W, dim] -> [B, H, W, dim].
 */
export function block(name: string, { dim, layerScale, dropRate }: BlockOptions): Layer<Tensor4D> {
  const branch = sequence<Tensor4D>([
    depthwiseConv(`${name}.block.0`, { channels: dim, size: 7, initialize }),
    layerNorm(`${name}.block.2`, dim),
    linear(`${name}.block.3`, { inputs: dim, outputs: 4 * dim, initialize }),
    gelu(),
    linear(`${name}.block.5`, { inputs: 4 * dim, outputs: dim, initialize }),
  ]);
  return residual(scaled(`${name}.layer_scale`, branch, { dim, layerScale }), dropRate);
}

/** A layer whose output has each channel multiplied by a trained factor, stored as [dim, 1, 1]. */
function scaled(
  name: string,
  layer: Layer<Tensor4D>,
  { dim, layerScale }: Pick<BlockOptions, 'dim' | 'layerScale'>,
): Layer<Tensor4D> {
  return {
    weights: [
      { name, shape: [dim, 1, 1], initialize: filled(layerScale), trainable: true, layout: 'plain' },
      ...layer.weights,
    ],
    forward: (input, pass) => tf.mul<Tensor4D>(layer.forward(input, pass), tf.reshape(pass.weight(name), [dim])),
    cost: shape => layer.cost(shape),
  };
}
