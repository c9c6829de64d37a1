import { kernels, type Updatable } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';

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
      assign(values.tensors, kernels.weightedSums([values, down]));
      return;
    }
    const velocities = parameters.map(({ slots }) => slots.velocity);
    const next = kernels.weightedSums([
      { factor: momentum, tensors: velocities },
      { factor: 1, tensors: directions },
    ]);
    assign(velocities, next);
    const along = nesterov
      ? [down, { factor: -learningRate * momentum, tensors: next }]
      : [{ factor: -learningRate, tensors: next }];
    assign(values.tensors, kernels.weightedSums([values, ...along]));
  });
}

function assign(variables: readonly Variable[], values: readonly Tensor[]): void {
  variables.forEach((variable, i) => variable.assign(values[i] as Variable));
}
