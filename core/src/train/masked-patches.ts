import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { StepContext } from '../contracts/step-context.js';
import { CarlError } from '../errors/carl-error.js';
import { ownRows } from '../tensor/own-rows.js';
import type { Network } from './network.js';
import type { Batch } from './batch.js';

/** The patches of the global views that a step masks in the student. */
export interface Masking {
  /** [images, rows, columns], 1 where masked; the images of the first view first. */
  readonly mask: Tensor3D;
  /** [M] int32, positions of the masked patches among all patches of these images. */
  readonly places: Tensor1D;
}

/** Draws the masks of a batch for an objective that masks patches. @throws CarlError PLUGIN_CONTRACT, INPUT_PIPELINE */
export function drawMasking(
  { encoder, objective }: Network,
  { views, globalViews }: Batch,
  context: StepContext,
): Masking | undefined {
  if (!objective.mask) return undefined;
  const sizes = views.slice(0, globalViews).map(({ shape }) => shape);
  const [[batch, height, width]] = sizes;
  if (sizes.some(shape => shape[1] !== height || shape[2] !== width))
    throw new CarlError('INPUT_PIPELINE', 'patches can be masked only if all global views have the same size');
  if (!encoder.grid || !encoder.tokens)
    throw new CarlError('PLUGIN_CONTRACT', 'the objective masks patches, but the encoder has none');
  const grid = encoder.grid(height, width);
  const images = globalViews * batch;
  const { size } = context.collective;
  const marks = checked(objective.mask({ images: images * size, grid }, context), images * size * grid[0] * grid[1]);
  const rows = ownRows(images, batch, context.collective);
  return maskingOf(marksOf(rows, marks, grid[0] * grid[1]), [images, ...grid]);
}

function checked(marks: Int32Array, expected: number): Int32Array {
  const count = marks.filter(mark => mark !== 0).length;
  if (marks.length === expected && count > 0) return marks;
  throw new CarlError(
    'PLUGIN_CONTRACT',
    `the objective's mask has ${marks.length} marks and masks ${count} patches; expected: ${expected} marks and at least one masked patch`,
  );
}

/** The marks of the images at the given rows. */
function marksOf(rows: Int32Array, marks: Int32Array, patches: number): Int32Array {
  const own = new Int32Array(rows.length * patches);
  rows.forEach((row, i) => own.set(marks.subarray(row * patches, (row + 1) * patches), i * patches));
  return own;
}

/** A worker whose images have no masked patch takes the first patch as a placeholder, which `mask` does not mark. */
function maskingOf(marks: Int32Array, shape: [number, number, number]): Masking {
  const marked = [...marks.keys()].filter(place => marks[place] !== 0);
  const places = marked.length > 0 ? marked : [0];
  return { mask: tf.tensor3d(marks, shape, 'int32'), places: tf.tensor1d(places, 'int32') };
}

/** The tokens at the masked positions: [B, T, D] -> [M, D]. */
export function tokensAt(places: Tensor1D, patches: Tensor3D): Tensor2D {
  const [batch, count, dim] = patches.shape;
  return tf.gather(tf.reshape<tf.Rank.R2>(patches, [batch * count, dim]), places);
}
