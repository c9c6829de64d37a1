import type { Updatable } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { decayed } from './decay.js';

export interface Trust {
  readonly weightDecay: number;
  readonly trustCoefficient: number;
  readonly epsilon: number;
}

/**
 * d = (g + w p) trust |p| / (|g| + w |p| + epsilon) with weight decay w; d = g when w, |p| or |g| is zero.
 * @see arXiv 1708.03888, equation 6
 */
export function originalDirection(parameter: Updatable, { weightDecay, trustCoefficient, epsilon }: Trust): Tensor {
  const { value, gradient } = parameter;
  if (weightDecay === 0) return gradient;
  const [weights, slope] = [length(value), length(gradient)];
  const denominator = tf.add(tf.add(slope, tf.mul(weights, weightDecay)), epsilon);
  const scales = tf.greater(tf.minimum(weights, slope), 0);
  const ratio = tf.where(scales, tf.div(tf.mul(weights, trustCoefficient), denominator), 1);
  const decay = tf.where(scales, tf.scalar(weightDecay), 0);
  return tf.mul(tf.add(gradient, tf.mul<Tensor>(value, decay)), ratio);
}

/** With u = g + w p: d = u trust |p| / |u|, and d = u when |p| or |u| is zero. */
export function decayedDirection(parameter: Updatable, { weightDecay, trustCoefficient }: Trust): Tensor {
  const sum = decayed(parameter, weightDecay);
  const [weights, slope] = [length(parameter.value), length(sum)];
  const scales = tf.greater(tf.minimum(weights, slope), 0);
  return tf.mul(sum, tf.where(scales, tf.div(tf.mul(weights, trustCoefficient), slope), 1));
}

function length(tensor: Tensor): Scalar {
  return tf.sqrt(tf.sum<Scalar>(tf.square(tensor)));
}
