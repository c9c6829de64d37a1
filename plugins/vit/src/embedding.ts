import {
  CarlError,
  filled,
  normal,
  patchConv,
  sizeOf,
  tf,
  type LayerCost,
  type Pass,
  type WeightSpec,
} from '@carl-ssl/core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { gridSide, type Architecture } from './architecture.js';
import { interpolatePositions, type Grid } from './positions.js';

/** The way from images to tokens. */
export interface Embedding {
  readonly weights: readonly WeightSpec[];
  /**
   * [B, H, W, C] -> [B, 1 + patches, D], the class token first; the mask token where `mask` [B, rows, columns] is not 0.
   * @throws CarlError SHAPE
   */
  forward(images: Tensor4D, pass: Pass, mask?: Tensor3D): Tensor3D;
  cost(image: readonly number[]): LayerCost;
}

const CLASS = 'class_token';
const MASK = 'mask_token';
const POSITIONS = 'encoder.pos_embedding';

/** Patches row by row through a linear map, the class token before them, and an embedding of each place added. */
export function embedding(architecture: Architecture, channels: number): Embedding {
  const { dim, patchSize, maskToken } = architecture;
  const initialize = normal(1 / Math.sqrt(channels * patchSize ** 2));
  const patches = patchConv('conv_proj', { inputs: channels, outputs: dim, size: patchSize, initialize });
  const places = 1 + gridSide(architecture) ** 2;
  const spec = { trainable: true, layout: 'plain' } as const;
  return {
    weights: [
      { ...spec, name: CLASS, shape: [1, 1, dim], initialize: filled(0) },
      ...patches.weights,
      { ...spec, name: POSITIONS, shape: [1, places, dim], initialize: normal(0.02) },
      ...(maskToken ? [{ ...spec, name: MASK, shape: [1, 1, dim], initialize: filled(0) }] : []),
    ],
    forward: (images, pass, mask) =>
      tf.tidy(() => {
        const [batch, height, width] = images.shape;
        const grid = gridOf([height, width], architecture);
        const shape: [number, number, number] = [batch, grid[0] * grid[1], dim];
        const all = tf.reshape<tf.Rank.R3>(patches.forward(images, pass), shape);
        const seen = mask ? hidden(all, mask, pass) : all;
        const first = tf.tile<Tensor3D>(pass.weight<Tensor3D>(CLASS), [batch, 1, 1]);
        return tf.add<Tensor3D>(tf.concat([first, seen], 1), positions(pass, gridSide(architecture), grid));
      }),
    cost: image => {
      const { shape, multiplyAdds } = patches.cost(image);
      const tokens = [1 + shape[0] * shape[1], dim];
      return { shape: tokens, multiplyAdds, activations: sizeOf(tokens) };
    },
  };
}

/** The mask token instead of the patches that are hidden. */
function hidden(patches: Tensor3D, mask: Tensor3D, pass: Pass): Tensor3D {
  const [batch, count] = patches.shape;
  const hide = tf.cast(tf.reshape<tf.Rank.R3>(mask, [batch, count, 1]), 'float32');
  return tf.add(tf.mul(patches, tf.sub(1, hide)), tf.mul(pass.weight<Tensor3D>(MASK), hide));
}

/** [1, 1 + patches, D]; the class token's own is never interpolated. */
function positions(pass: Pass, side: number, grid: Grid): Tensor3D {
  const all = pass.weight<Tensor3D>(POSITIONS);
  if (grid.every(length => length === side)) return all;
  const [, count, dim] = all.shape;
  const [first, rest] = tf.split<Tensor2D>(tf.reshape<tf.Rank.R2>(all, [count, dim]), [1, count - 1]);
  return tf.expandDims(tf.concat([first, interpolatePositions(rest, side, grid)]), 0);
}

/** Height and width of the images in patches. */
export function gridOf([height, width]: Grid, architecture: Architecture): Grid {
  const problem = sizeProblem(height, width, architecture);
  if (problem) throw new CarlError('SHAPE', `encoder \`vit\`: ${problem}`);
  return [height / architecture.patchSize, width / architecture.patchSize];
}

/** Why images of a size cannot be taken, if they cannot. */
export function sizeProblem(height: number, width: number, architecture: Architecture): string | undefined {
  const { imageSize, patchSize, interpolatePositions } = architecture;
  const found = `Views are ${height} x ${width} pixels`;
  if (height % patchSize !== 0 || width % patchSize !== 0)
    return `${found}, which are no whole patches of ${patchSize}. Take views whose sides are multiples of \`patchSize\`, or another \`patchSize\`.`;
  if (interpolatePositions || (height === imageSize && width === imageSize)) return undefined;
  return `${found}, and \`imageSize: ${imageSize}\` with \`interpolatePositions: false\` takes only ${imageSize} x ${imageSize}. Make them equal, or allow interpolation.`;
}
