import { sequence, tf, type Encoder, type EncoderLayer, type Layer, type Pass } from '@carl-ssl/core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** Blocks whose class tokens DINO concatenates for its linear evaluation of small networks. */
const LAST = 4;

/** The parts of a transformer that its layers are made of. */
export interface Parts {
  readonly dim: number;
  readonly blocks: readonly Layer<Tensor3D>[];
  /** Normalisation after the last block, which is applied to the tokens of every layer. */
  readonly norm: Layer<Tensor3D>;
  /** Images to tokens before the first block. */
  readonly embed: (images: Tensor4D, pass: Pass) => Tensor3D;
}

/**
 * Layers of a vision transformer: `block3`, the class token after the third block; `block3-mean`, the mean of its patch tokens; and
 * `last4`, the class tokens of the last four blocks side by side. All are normalised by the last layer normalisation.
 * @see arXiv 2104.14294, appendix F.2, and `get_intermediate_layers` of github.com/facebookresearch/dino
 */
export function transformerLayers({ dim, blocks, norm, embed }: Parts): Required<Pick<Encoder, 'layers' | 'layer'>> {
  const count = blocks.length;
  const layers = [
    ...blocks.flatMap((_, i) => [`block${i + 1}`, `block${i + 1}-mean`].map((name): EncoderLayer => ({ name, dim }))),
    ...(count >= LAST ? [{ name: `last${LAST}`, dim: LAST * dim }] : []),
  ];
  return {
    layers,
    layer: (name, images, pass) =>
      tf.tidy(() => {
        const isLast = name === `last${LAST}`;
        const number = isLast ? count - LAST + 1 : Number(/^block(\d+)/.exec(name)?.[1]);
        const tokens = sequence(blocks.slice(0, number)).forward(embed(images, pass), pass);
        if (!isLast)
          return name.endsWith('-mean')
            ? patchMean(norm.forward(tokens, pass))
            : classToken(norm.forward(tokens, pass));
        const all = [tokens];
        for (const block of blocks.slice(number)) all.push(block.forward(all[all.length - 1], pass));
        return tf.concat(
          all.map(one => classToken(norm.forward(one, pass))),
          1,
        );
      }),
  };
}

/** [B, T, D] -> [B, D]. */
export function classToken(tokens: Tensor3D): Tensor2D {
  const [batch, , dim] = tokens.shape;
  return tf.reshape<tf.Rank.R2>(tf.slice(tokens, [0, 0, 0], [batch, 1, dim]), [batch, dim]);
}

/** Mean of all tokens but the first: [B, T, D] -> [B, D]. */
function patchMean(tokens: Tensor3D): Tensor2D {
  return tf.mean<Tensor2D>(tf.slice(tokens, [0, 1, 0]), 1);
}
