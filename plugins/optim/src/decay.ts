import { kernels, scheduledAt, type ScheduledNumber, type StepPosition, type Updatable } from '@carl-ssl/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Weight decay at one step. */
export interface Decay {
  readonly weightDecay: number;
  readonly excludeVectors: boolean;
}

/** Options with the weight decay of a step in place of its schedule. */
export function decayAt<O extends { readonly weightDecay: ScheduledNumber }>(
  options: O,
  at: StepPosition,
): Omit<O, 'weightDecay'> & Pick<Decay, 'weightDecay'> {
  return { ...options, weightDecay: scheduledAt(options.weightDecay, at) };
}

/** Whether a parameter is one of the vectors that `excludeVectors` is about. */
export function isExcluded({ value }: Updatable, { excludeVectors }: Pick<Decay, 'excludeVectors'>): boolean {
  return excludeVectors && value.rank === 1;
}

/** Weight decay of a parameter. */
export function decayOf(parameter: Updatable, decay: Decay): number {
  return isExcluded(parameter, decay) ? 0 : decay.weightDecay;
}

/** Gradients with weight decay added, each parameter's own: g + weightDecay p. */
export function decayedGradients(parameters: readonly Updatable[], decay: Decay): readonly Tensor[] {
  const gradients = parameters.map(({ gradient }) => gradient);
  const factor = parameters.map(parameter => decayOf(parameter, decay));
  if (factor.every(one => one === 0)) return gradients;
  return kernels.weightedSums([
    { factor: 1, tensors: gradients },
    { factor, tensors: parameters.map(({ value }) => value) },
  ]);
}
