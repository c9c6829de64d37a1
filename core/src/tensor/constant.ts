import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.js';

/** The same values, never differentiated (stop-gradient). */
export function constant<T extends Tensor>(value: T): T {
  return cut(value) as T;
}

/** The same function, never differentiated: nothing of it is recorded, so the backward pass does not walk through it. */
export function untracked<I extends Tensor[], O extends Tensor>(compute: (...inputs: I) => O): (...inputs: I) => O {
  return withGradient((...inputs: I) => {
    const shapes = inputs.map(({ shape }) => shape);
    return { value: compute(...inputs), gradient: () => shapes.map(shape => tf.zeros(shape)) };
  });
}

const cut = untracked((value: Tensor) => tf.clone(value));
