import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';

/** One-hot rows for indices: [B] int32 -> [B, columns] float32. Cast, because not all backends return floats. */
export function oneHot(places: Tensor1D, columns: number): Tensor2D {
  return tf.tidy(() => tf.cast<Tensor2D>(tf.oneHot(places, columns) as Tensor2D, 'float32'));
}

/** Positions of this worker's B samples among those of all workers, as one-hot rows: [B, columns], columns >= N. */
export function ownPlaces(batch: number, columns: number, { rank }: Pick<Collective, 'rank'>): Tensor2D {
  return tf.tidy(() => oneHot(tf.range(rank * batch, (rank + 1) * batch, 1, 'int32'), columns));
}
