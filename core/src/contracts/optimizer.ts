import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { StepPosition } from './step-context.js';
import { token } from './token.js';

/** A parameter at one step. */
export interface Updatable {
  readonly name: string;
  readonly value: Variable;
  readonly gradient: Tensor;
  /** The optimizer's buffers for this parameter, by the names of {@link Optimizer.slots}; zeros before the first step. */
  readonly slots: Readonly<Record<string, Variable>>;
  /** Number of earlier updates of this parameter. */
  readonly updates: number;
}

/** Turns gradients into updates. */
export interface Optimizer {
  /** Learning rate before the schedule. */
  readonly learningRate: number;
  /** Names of the optimizer's buffers; each has the parameter's shape. */
  readonly slots: readonly string[];
  /**
   * Assigns new values to all parameters and slots, in few large operations where possible. `at` is the position of the
   * step, for scheduled options such as weight decay.
   */
  apply(parameters: readonly Updatable[], learningRate: number, at: StepPosition): void;
}
export const Optimizer = token<Optimizer>('Optimizer');
