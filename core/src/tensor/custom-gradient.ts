import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from './tf.js';

/** A value and its gradient function. */
export interface Differentiable<O extends Tensor> {
  readonly value: O;
  /** Every tensor that `gradient` needs besides dy. The inputs may be disposed before the backward pass. */
  readonly saved?: readonly Tensor[];
  /** The gradient of the value -> one tensor per input; `saved` comes in the order given above. */
  readonly gradient: (dy: O, saved: readonly Tensor[]) => Tensor[];
}

/** A function with a custom gradient. Intermediate tensors of `compute` are freed at once unless saved. */
export function withGradient<I extends Tensor[], O extends Tensor>(
  compute: (...inputs: I) => Differentiable<O>,
): (...inputs: I) => O {
  const wrapped = tf.customGrad((...given) => {
    const save = given.pop() as unknown as (tensors: Tensor[]) => void;
    const { value, saved = [], gradient } = compute(...(given as unknown as I));
    save([...saved]);
    return { value, gradFunc: (dy, kept) => gradient(dy as O, kept) };
  });
  return (...inputs) => wrapped(...inputs) as O;
}
