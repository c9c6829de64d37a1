import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { StepContext } from '../contracts/step-context.js';
import { CarlError } from '../errors/carl-error.js';
import type { Network } from './network.js';
import type { Batch } from './batch.js';

/** The patches of the global views that a step masks in the learning branch. */
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
    throw new CarlError(
      'INPUT_PIPELINE',
      'patches are masked in global views of one size only; give all the same size',
    );
  if (!encoder.grid || !encoder.tokens)
    throw new CarlError('PLUGIN_CONTRACT', 'the objective masks patches, and the encoder has none');
  const grid = encoder.grid(height, width);
  const of = { images: globalViews * batch, grid };
  return maskingOf(objective.mask(of, context), [of.images, ...grid]);
}

function maskingOf(marks: Int32Array, shape: [number, number, number]): Masking {
  const places = [...marks.keys()].filter(place => marks[place] !== 0);
  const expected = shape[0] * shape[1] * shape[2];
  if (marks.length !== expected || places.length === 0)
    throw new CarlError(
      'PLUGIN_CONTRACT',
      `the objective's mask has ${marks.length} marks and masks ${places.length} patches; expected are ${expected} marks and at least one masked patch`,
    );
  return { mask: tf.tensor3d(marks, shape, 'int32'), places: tf.tensor1d(places, 'int32') };
}

/** The tokens at the masked places: [B, T, D] -> [M, D]. */
export function tokensAt(places: Tensor1D, patches: Tensor3D): Tensor2D {
  const [batch, count, dim] = patches.shape;
  return tf.gather(tf.reshape<tf.Rank.R2>(patches, [batch * count, dim]), places);
}
