import type { Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tokens } from '../contracts/encoder.js';
import type { StepContext } from '../contracts/step-context.js';
import { CarlError } from '../errors/carl-error.js';
import { ownRows } from '../tensor/own-rows.js';
import { tf } from '../tensor/tf.js';
import type { Network } from './network.js';
import type { Batch } from './batch.js';

/** The patches of the global views that a step masks in the student. */
export interface Masking {
  /** [images, rows, columns], 1 where masked; the images of the first view first. */
  readonly mask: Tensor3D;
  /** [M] int32, positions of the masked patches among all patches of these images. */
  readonly places: Tensor1D;
  /** [M, patch height * patch width * channels], the pixels of the masked patches, row by row. */
  readonly pixels: Tensor2D;
}

/** Draws the masks of a batch for an objective that masks patches. @throws CarlError PLUGIN_CONTRACT, INPUT_PIPELINE */
export function drawMasking(
  { encoder, objective }: Network,
  { views, globalViews }: Batch,
  context: StepContext,
): Masking | undefined {
  if (!objective.mask) return undefined;
  const globals = views.slice(0, globalViews);
  const sizes = globals.map(({ shape }) => shape);
  const [[batch, height, width]] = sizes;
  if (sizes.some(shape => shape[1] !== height || shape[2] !== width))
    throw new CarlError('INPUT_PIPELINE', 'patches can be masked only if all global views have the same size');
  if (!encoder.grid || !encoder.tokens)
    throw new CarlError('PLUGIN_CONTRACT', 'the objective masks patches, but the encoder has none');
  const grid = encoder.grid(height, width);
  if (height % grid[0] !== 0 || width % grid[1] !== 0)
    throw new CarlError(
      'PLUGIN_CONTRACT',
      `the encoder cuts images of ${height} x ${width} pixels into ${grid[0]} x ${grid[1]} patches, which do not cover them; such patches cannot be masked`,
    );
  const images = globalViews * batch;
  const { size } = context.collective;
  const marks = checked(objective.mask({ images: images * size, grid }, context), images * size * grid[0] * grid[1]);
  const rows = ownRows(images, batch, context.collective);
  return maskingOf(marksOf(rows, marks, grid[0] * grid[1]), [images, ...grid], globals);
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
function maskingOf(marks: Int32Array, shape: [number, number, number], views: readonly Tensor4D[]): Masking {
  const marked = [...marks.keys()].filter(place => marks[place] !== 0);
  const places = marked.length > 0 ? marked : [0];
  return {
    mask: tf.tensor3d(marks, shape, 'int32'),
    places: tf.tensor1d(places, 'int32'),
    pixels: tf.tidy(() => pixelsAt(places, tf.concat([...views]), [shape[1], shape[2]])),
  };
}

/** Pixels of the patches at the given places: [images, height, width, C] -> [M, patch height * patch width * C]. */
function pixelsAt(places: readonly number[], images: Tensor4D, [rows, columns]: Tokens['grid']): Tensor2D {
  const [, height, width, channels] = images.shape;
  const [high, wide] = [height / rows, width / columns];
  // A line of pixels of a patch is a row of this matrix.
  const lines = tf.reshape(images, [-1, wide * channels]);
  const own = places.flatMap(place =>
    Array.from(
      { length: high },
      (_, line) => (Math.floor(place / columns) * high + line) * columns + (place % columns),
    ),
  );
  return tf.reshape(tf.gather(lines, tf.tensor1d(own, 'int32')), [places.length, high * wide * channels]);
}

/** The tokens at the masked positions: [B, T, D] -> [M, D]. */
export function tokensAt(places: Tensor1D, patches: Tensor3D): Tensor2D {
  const [batch, count, dim] = patches.shape;
  return tf.gather(tf.reshape<tf.Rank.R2>(patches, [batch * count, dim]), places);
}
