import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Tokens } from '../contracts/encoder.js';
import { CarlError } from '../errors/carl-error.js';
import { tf } from '../tensor/tf.js';
import type { Batch } from './batch.js';
import type { Network } from './network.js';

/** Centres of the patches of the global views in their images: [B, T, 2] each. @throws CarlError PLUGIN_CONTRACT, INPUT_PIPELINE */
export function patchPositions({ encoder }: Pick<Network, 'encoder'>, batch: Batch): readonly Tensor3D[] {
  const { views, globalViews, boxes = [] } = batch;
  const globals = views.slice(0, globalViews);
  const [, height, width] = globals[0].shape;
  if (globals.some(({ shape }) => shape[1] !== height || shape[2] !== width))
    throw new CarlError('INPUT_PIPELINE', 'patches can be compared only if all global views have the same size');
  if (!encoder.grid || !encoder.tokens)
    throw new CarlError('PLUGIN_CONTRACT', 'the objective uses patches, but the encoder has none');
  const grid = encoder.grid(height, width);
  return globals.map((view, i) => {
    const box = boxes[i] ?? tf.tile(tf.tensor2d([[0, 0, height, width]]), [view.shape[0], 1]);
    return centresIn(box, grid);
  });
}

/** Centres of the cells of a grid in each box: [B, 4] -> [B, T, 2]. */
function centresIn(boxes: Tensor2D, [rows, columns]: Tokens['grid']): Tensor3D {
  return tf.tidy(() => {
    const cells = Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);
    const [top, left, height, width] = tf.split<Tensor2D>(boxes, 4, 1);
    const down = tf.tensor2d([cells.map(([row]) => (row + 0.5) / rows)]);
    const across = tf.tensor2d([cells.map(([, column]) => (column + 0.5) / columns)]);
    return tf.stack([tf.add(top, tf.mul(height, down)), tf.add(left, tf.mul(width, across))], 2) as Tensor3D;
  });
}
