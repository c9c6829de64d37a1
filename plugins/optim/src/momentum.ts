import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Current, Next } from './update.js';

export interface Momentum {
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Buffers of {@link descend}. */
export function momentumSlots({ momentum }: Momentum): readonly string[] {
  return momentum === 0 ? [] : ['velocity'];
}

/**
 * One step down a direction d: v = momentum v + d, then p -= learningRate v, or with Nesterov p -= learningRate
 * (d + momentum v). The velocity holds directions, not steps, so a changing learning rate acts at once.
 */
export function descend(current: Current, direction: Tensor, using: Momentum & { learningRate: number }): Next {
  const { momentum, nesterov, learningRate } = using;
  const step = (along: Tensor): Tensor => tf.sub(current.value, tf.mul(along, learningRate));
  if (momentum === 0) return { value: step(direction), slots: {} };
  const velocity = tf.add(tf.mul(current.slots['velocity'], momentum), direction);
  const along = nesterov ? tf.add(direction, tf.mul(velocity, momentum)) : velocity;
  return { value: step(along), slots: { velocity } };
}

/** Gradient with weight decay added: g + weightDecay p. */
export function decayed({ value, gradient }: Current, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(value, weightDecay));
}
