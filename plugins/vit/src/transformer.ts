import {
  checkpointed,
  dropRates,
  layerNorm,
  sequence,
  stageCosts,
  tf,
  type Encoder,
  type Tokens,
} from '@carl-ssl/core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from './architecture.js';
import { block } from './block.js';
import { embedding, gridOf } from './embedding.js';
import { classToken, transformerLayers } from './layers.js';

/** The encoder: its feature is the class token after the last layer normalisation. Weights carry torchvision's names. */
export function transformer(architecture: Architecture): Encoder {
  const { dim, layers, patchSize, imageSize, stochasticDepth, interpolatePositions, gradientCheckpointing } =
    architecture;
  const blocks = dropRates(stochasticDepth, layers).map((rate, index) => ({
    name: `encoder_layer_${index}`,
    layer: checkpointed(block(`encoder.layers.encoder_layer_${index}`, architecture, rate), gradientCheckpointing),
  }));
  const body = sequence(blocks.map(({ layer }) => layer));
  const tokenNorm = layerNorm<Tensor3D>('encoder.ln', dim);
  const featureNorm = layerNorm<Tensor2D>('encoder.ln', dim);
  const embed = (channels: number) => embedding(architecture, channels);
  return {
    featureDim: dim,
    minimumSize: interpolatePositions ? patchSize : imageSize,
    weights: ([, , channels]) => [...embed(channels).weights, ...body.weights, ...tokenNorm.weights],
    forward: (images, pass) =>
      tf.tidy(() => {
        const tokens = body.forward(embed(images.shape[3]).forward(images, pass), pass);
        return featureNorm.forward(classToken(tokens), pass);
      }),
    grid: (height, width) => gridOf([height, width], architecture),
    tokens: (images, pass, mask) =>
      tokensOf(images, {
        grid: gridOf([images.shape[1], images.shape[2]], architecture),
        encode: of => tokenNorm.forward(body.forward(embed(of.shape[3]).forward(of, pass, mask), pass), pass),
      }),
    ...transformerLayers({
      dim,
      blocks: blocks.map(({ layer }) => layer),
      norm: tokenNorm,
      embed: (images, pass) => embed(images.shape[3]).forward(images, pass),
    }),
    cost: image => {
      const patches = { stage: 'patches', ...embed(image[2]).cost(image) };
      const through = stageCosts(blocks, patches.shape);
      return [patches, ...through, { stage: 'class token', shape: [dim], multiplyAdds: 0, activations: dim }];
    },
  };
}

function tokensOf(
  images: Tensor4D,
  { grid, encode }: { readonly grid: Tokens['grid']; readonly encode: (images: Tensor4D) => Tensor3D },
): Tokens {
  const { feature, patches } = tf.tidy(() => {
    const tokens = encode(images);
    return { feature: classToken(tokens), patches: tf.slice(tokens, [0, 1, 0]) };
  });
  return { feature, patches, grid };
}
