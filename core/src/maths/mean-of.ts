import type { Scalar } from '@tensorflow/tfjs-core';
import { tf } from '../tensor/tf.js';

/** Mean of scalars. */
export function meanOf(values: readonly Scalar[]): Scalar {
  return values.length === 1 ? values[0] : tf.mean<Scalar>(tf.stack([...values]));
}
