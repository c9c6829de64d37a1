import type { TensorContainer } from '@tensorflow/tfjs-core';
import { tf } from './tf.js';

/** `tf.tidy` for any result: disposes every tensor made inside, except those in the result's arrays and plain objects. */
export function scope<T>(compute: () => T): T {
  return tf.tidy(() => compute() as TensorContainer) as T;
}
