import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import { tf } from '../tensor/tf.js';

/** One-hot rows for indices: [B] int32 -> [B, columns] float32. Cast, because not all backends return floats. */
export function oneHot(places: Tensor1D, columns: number): Tensor2D {
  return tf.tidy(() => {
    // TensorFlow.js refuses a single column.
    const rows = columns === 1 ? tf.reshape(tf.equal(places, 0), [-1, 1]) : tf.oneHot(places, columns);
    return tf.cast<Tensor2D>(rows as Tensor2D, 'float32');
  });
}

/** Positions of this worker's B samples among those of all workers, as one-hot rows: [B, columns], columns >= N. */
export function ownPlaces(batch: number, columns: number, { rank }: Pick<Collective, 'rank'>): Tensor2D {
  return tf.tidy(() => oneHot(tf.range(rank * batch, (rank + 1) * batch, 1, 'int32'), columns));
}
