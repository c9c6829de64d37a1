import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';

/** Sums dy over the axes along which an input was broadcast. Those of size 1 are dropped; without any, it is dy itself. */
export function summed(dy: Tensor, { shape }: Tensor): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return axes.length === 0 ? dy : tf.sum(dy, axes);
}

/** The same in the input's shape. */
export function summedTo(dy: Tensor, input: Tensor): Tensor {
  const sum = summed(dy, input);
  return sum === dy ? dy : tf.reshape(sum, input.shape);
}

/** dy for an input of a sum, in the input's shape. Always a new tensor, because dy belongs to the caller. */
export function passedTo(dy: Tensor, input: Tensor): Tensor {
  return tf.reshape(summed(dy, input), input.shape);
}

/** dy where a condition holds, 0 elsewhere. */
export function masked(dy: Tensor, condition: Tensor): Tensor {
  return tf.mul(dy, tf.cast(condition, 'float32'));
}
