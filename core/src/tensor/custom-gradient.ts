import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** A function whose gradient is written by hand: `gradient` maps that of the value to one tensor per input. */
export function withGradient<I extends Tensor[], O extends Tensor>(
  compute: (...inputs: I) => { value: O; gradient: (dy: O) => Tensor[] },
): (...inputs: I) => O {
  const wrapped = tf.customGrad((...inputs) => {
    const { value, gradient } = compute(...(inputs as unknown as I));
    return { value, gradFunc: dy => gradient(dy as O) };
  });
  return (...inputs) => wrapped(...inputs) as O;
}
