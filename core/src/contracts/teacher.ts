import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { token } from './token.js';

/** A second network with the student's modules and separate weights, which are updated from the student's. */
export interface Teacher {
  /** True to update before the optimizer step, from the weights with which the student's gradients were computed. */
  readonly updatesBeforeStep?: boolean;
  /** Fraction of the teacher's weights that is kept at an optimizer step. */
  momentum(step: number, steps: number): number;
  /** Assigns new values to all targets: momentum * target + (1 - momentum) * online, pairwise. */
  update(targets: readonly Variable[], online: readonly Tensor[], momentum: number): void;
}
export const Teacher = token<Teacher>('Teacher');
