import { gelu, layerNorm, linear, normal, residual, sequence, xavierUniform, type Layer } from '@carl-ssl/core';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { Architecture } from './architecture.js';
import { selfAttention } from './attention.js';

/**
 * Attention among the tokens, then two linear layers over each token; both are branches with a layer normalisation at
 * their beginning: [B, T, D] -> [B, T, D].
 */
export function block(name: string, { dim, heads, mlpDim }: Architecture, dropRate: number): Layer<Tensor3D> {
  const attention = [layerNorm<Tensor3D>(`${name}.ln_1`, dim), selfAttention(`${name}.self_attention`, dim, heads)];
  const perceptron = [
    layerNorm<Tensor3D>(`${name}.ln_2`, dim),
    tokenLinear(`${name}.mlp.0`, dim, mlpDim),
    gelu<Tensor3D>(),
    tokenLinear(`${name}.mlp.3`, mlpDim, dim),
  ];
  return sequence([residual(sequence(attention), dropRate), residual(sequence(perceptron), dropRate)]);
}

function tokenLinear(name: string, inputs: number, outputs: number): Layer<Tensor3D> {
  return linear(name, { inputs, outputs, initialize: xavierUniform, initializeBias: normal(1e-6) });
}
