import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.js';
import { tf } from './tf.js';

/** The same values without gradient (stop-gradient). */
export function constant<T extends Tensor>(value: T): T {
  return cut(value) as T;
}

/** Returns the function without gradient: its operations are not recorded for the backward pass. */
export function untracked<I extends Tensor[], O extends Tensor>(compute: (...inputs: I) => O): (...inputs: I) => O {
  return withGradient((...inputs: I) => {
    const shapes = inputs.map(({ shape }) => shape);
    return { value: compute(...inputs), gradient: () => shapes.map(shape => tf.zeros(shape)) };
  });
}

const cut = untracked((value: Tensor) => tf.clone(value));
