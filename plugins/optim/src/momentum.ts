import type { Updatable } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Next } from './update.js';

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
export function descend(
  { value, slots }: Updatable,
  direction: Tensor,
  { momentum, nesterov, learningRate }: Momentum & { readonly learningRate: number },
): Next {
  const step = (along: Tensor): Tensor => tf.sub(value, tf.mul(along, learningRate));
  if (momentum === 0) return { value: step(direction), slots: {} };
  const velocity = tf.add<Tensor>(tf.mul(slots.velocity, momentum), direction);
  const along = nesterov ? tf.add<Tensor>(direction, tf.mul(velocity, momentum)) : velocity;
  return { value: step(along), slots: { velocity } };
}
