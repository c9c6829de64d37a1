import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { MaskedPatches } from '../contracts/objective.js';
import { tf } from '../tensor/tf.js';

/** Weight of each masked patch, [M]: a sum with these weights is the mean over images of the mean over an image's masked patches. */
export function patchWeights({ mask, places }: Pick<MaskedPatches, 'mask' | 'places'>): Tensor1D {
  const images = mask.shape[0];
  const marks = tf.cast(mask, 'float32');
  const counts = tf.mul(tf.sum(marks, [1, 2], true), images);
  // A worker without masked patches has one unmasked patch as a placeholder, whose weight is 0.
  const shares = tf.mul(tf.div(1, tf.maximum(counts, 1)), marks);
  return tf.gather(tf.reshape<tf.Rank.R1>(shares, [-1]), places);
}
