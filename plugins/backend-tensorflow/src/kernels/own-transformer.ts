import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { withGradient } from '@carl-ssl/core';
import { operation } from './operation.js';

/** Layer normalisation with our operations; see `native/math/layer-norm.h`. */
export function layerNorm<T extends Tensor>(input: T, scale: Tensor1D, offset: Tensor1D, epsilon: number): T {
  const normalize = withGradient((x: Tensor, gamma: Tensor, beta: Tensor) => {
    const settings = { types: [], attributes: { epsilon }, outputs: 3 };
    const [value, mean, inverse] = operation('CarlLayerNorm', [x, gamma, beta], settings);
    return { value, saved: [x, gamma, mean, inverse], gradient: layerNormGradient };
  });
  return normalize(input, scale, offset) as T;
}

const layerNormGradient = (dy: Tensor, saved: readonly Tensor[]): Tensor[] =>
  operation('CarlLayerNormGrad', [dy, ...saved], { types: [], outputs: 3 });

/** GELU with our operations, which keep only the input for the gradient; see `native/math/gelu.h`. */
export function gelu<T extends Tensor>(input: T): T {
  return geluOf(input) as T;
}

const geluOf = withGradient((x: Tensor) => ({
  value: operation('CarlGelu', [x], { types: [] })[0],
  saved: [x],
  gradient: (dy, saved) => operation('CarlGeluGrad', [dy, ...saved], { types: [] }),
}));

/** Attention with our operations, which do not keep the attention weights; see `native/math/attention.h`. */
export function attention(query: Tensor4D, key: Tensor4D, value: Tensor4D): Tensor4D {
  return attend(query, key, value);
}

const attend = withGradient((query: Tensor4D, key: Tensor4D, values: Tensor4D) => {
  const [value, logarithms] = operation('CarlAttention', [query, key, values], { types: [], outputs: 2 });
  const gradient = (dy: Tensor, saved: readonly Tensor[]) =>
    operation('CarlAttentionGrad', [dy, ...saved], { types: [], outputs: 3 });
  return { value: value as Tensor4D, saved: [query, key, values, logarithms], gradient };
});
