import { kernels, tf, type Updatable } from '@carl-ssl/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { assignAll } from './update.js';

export interface Momentum {
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Buffers of {@link descend}. */
export function momentumSlots({ momentum }: Momentum): readonly string[] {
  return momentum === 0 ? [] : ['velocity'];
}

/**
 * One step of all parameters down directions d: v = momentum v + d, then p -= learningRate v, or with Nesterov
 * p -= learningRate (d + momentum v). The velocity holds directions, not steps, so a changing learning rate acts at once.
 */
export function descend(
  parameters: readonly Updatable[],
  directions: readonly Tensor[],
  { momentum, nesterov, learningRate }: Momentum & { readonly learningRate: number },
): void {
  const values = { factor: 1, tensors: parameters.map(({ value }) => value) };
  const down = { factor: -learningRate, tensors: directions };
  tf.tidy(() => {
    if (momentum === 0) {
      assignAll(values.tensors, kernels.weightedSums([values, down]));
      return;
    }
    const velocities = parameters.map(({ slots }) => slots.velocity);
    const next = kernels.weightedSums([
      { factor: momentum, tensors: velocities },
      { factor: 1, tensors: directions },
    ]);
    assignAll(velocities, next);
    const along = nesterov
      ? [down, { factor: -learningRate * momentum, tensors: next }]
      : [{ factor: -learningRate, tensors: next }];
    assignAll(values.tensors, kernels.weightedSums([values, ...along]));
  });
}
