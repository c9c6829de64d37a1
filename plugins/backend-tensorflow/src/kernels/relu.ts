import type { Tensor } from '@tensorflow/tfjs-core';
import { tf, withGradient } from '@carl-ssl/core';
import { operation } from './operation.js';

/** Relu forward and ReluGrad backward. The gradient needs only the output, so the input can be freed. */
export function relu<T extends Tensor>(input: T): T {
  return rectified(input) as T;
}

/** Computes relu(a + b), with one gradient for both summands. */
export function addRelu<T extends Tensor>(a: T, b: T): T {
  return rectifiedSum(a, b) as T;
}

const rectified = withGradient((x: Tensor) => {
  const value = tf.relu(x);
  return { value, saved: [value], gradient: (dy, [y]) => operation('ReluGrad', [dy, y]) };
});

const rectifiedSum = withGradient((a: Tensor, b: Tensor) => {
  const value = tf.relu(tf.add<Tensor>(a, b));
  return { value, saved: [value], gradient: (dy, [y]) => both(operation('ReluGrad', [dy, y])[0]) };
});

/** Returns two tensors that share their data, because TensorFlow.js disposes of each gradient separately. */
const both = (gradient: Tensor): Tensor[] => [gradient, tf.clone(gradient)];
