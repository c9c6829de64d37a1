import {
  filled,
  kernels,
  rowsTimes,
  sizeOf,
  tf,
  uniformFanIn,
  xavierUniform,
  type Layer,
  type WeightSpec,
} from '@carl-ssl/core';
import type { Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Every token looks at all tokens of its image: [B, T, D] -> [B, T, D]. Queries, keys and values come from one linear
 * layer, in this order, and are cut into `heads` parts that attend for themselves; a second linear layer joins them.
 * @see arXiv 1706.03762, section 3.2
 */
export function selfAttention(name: string, dim: number, heads: number): Layer<Tensor3D> {
  const names = {
    inputWeight: `${name}.in_proj_weight`,
    inputBias: `${name}.in_proj_bias`,
    outputWeight: `${name}.out_proj.weight`,
    outputBias: `${name}.out_proj.bias`,
  };
  const spec = { trainable: true, layout: 'plain' } as const;
  const weights: WeightSpec[] = [
    { ...spec, name: names.inputWeight, shape: [3 * dim, dim], initialize: xavierUniform },
    { ...spec, name: names.inputBias, shape: [3 * dim], initialize: filled(0) },
    { ...spec, name: names.outputWeight, shape: [dim, dim], initialize: uniformFanIn(dim) },
    { ...spec, name: names.outputBias, shape: [dim], initialize: filled(0) },
  ];
  return {
    weights,
    forward: (tokens, pass) =>
      tf.tidy(() => {
        const [weight, bias] = [pass.weight<Tensor2D>(names.inputWeight), pass.weight<Tensor1D>(names.inputBias)];
        const [query, key, value] = tf
          .split<Tensor3D>(rowsTimes(tokens, weight, bias), 3, -1)
          .map(part => apart(part, heads));
        const seen = together(kernels.attention(query, key, value));
        return rowsTimes(seen, pass.weight<Tensor2D>(names.outputWeight), pass.weight<Tensor1D>(names.outputBias));
      }),
    cost: ([count]) => {
      const shape = [count, dim];
      const pairs = count * count;
      return {
        shape,
        multiplyAdds: 4 * sizeOf(shape) * dim + 2 * pairs * dim,
        activations: 5 * sizeOf(shape) + pairs * heads,
      };
    },
  };
}

/** [B, T, D] -> [B, heads, T, D / heads]. */
function apart(tokens: Tensor3D, heads: number): Tensor4D {
  const [batch, count, dim] = tokens.shape;
  return tf.transpose<Tensor4D>(tf.reshape(tokens, [batch, count, heads, dim / heads]), [0, 2, 1, 3]);
}

/** The reverse. */
function together(parts: Tensor4D): Tensor3D {
  const [batch, heads, count, width] = parts.shape;
  return tf.reshape(tf.transpose(parts, [0, 2, 1, 3]), [batch, count, heads * width]);
}
