import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A value and how to differentiate it. */
export interface Differentiable<O extends Tensor> {
  readonly value: O;
  /** Every tensor `gradient` needs besides dy: the caller may have tidied away even the inputs by then. */
  readonly saved?: readonly Tensor[];
  /** The gradient of the value -> one tensor per input; `saved` comes in the order given above. */
  readonly gradient: (dy: O, saved: readonly Tensor[]) => Tensor[];
}

/** A function whose gradient is written by hand. Intermediate tensors of `compute` are freed at once unless saved. */
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
