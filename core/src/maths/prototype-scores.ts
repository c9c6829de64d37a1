import type { Tensor2D } from '@tensorflow/tfjs-core';
import { normalizeRows } from '../tensor/layers/normalize-rows.js';
import { tf } from '../tensor/tf.js';

/** Cosine similarities of embeddings and prototypes, with the gradient through both normalisations: [B, D], [K, D] -> [B, K]. */
export function cosineScores(embeddings: Tensor2D, prototypes: Tensor2D): Tensor2D {
  return tf.matMul(normalizeRows(embeddings), normalizeRows(prototypes), false, true);
}
