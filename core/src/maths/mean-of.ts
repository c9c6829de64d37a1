import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';

/** Mean of scalars. */
export function meanOf(values: readonly Scalar[]): Scalar {
  return values.length === 1 ? values[0] : tf.mean<Scalar>(tf.stack([...values]));
}
