import type { Scalar, Variable } from '@tensorflow/tfjs-core';
import type { TrainableWeights } from '../contracts/evaluator.js';
import type { Optimizer, Updatable } from '../contracts/optimizer.js';
import type { StepPosition } from '../contracts/step-context.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import { ownVariable } from '../train/buffers.js';

/** Optimizer steps on a fixed list of parameters; owns the optimizer's buffers. */
export interface Minimizer {
  /**
   * Computes the loss and its gradients, and updates every parameter that has a gradient.
   * @param learningRate one for all parameters, or by the parameter's name, for example another one for a new head
   * @param at position of the step, for scheduled options of the optimizer; by default the first of one
   * @returns the loss before the update, owned by the caller
   */
  step(loss: () => Scalar, learningRate: number | ((name: string) => number), at?: StepPosition): Scalar;
  dispose(): void;
}

/** A minimizer for evaluators that train, with fresh buffers. */
export function minimizer(optimizer: Optimizer, parameters: ReturnType<TrainableWeights['parameters']>): Minimizer {
  const states = parameters.map(({ name, variable }) => ({
    name,
    value: variable,
    slots: Object.fromEntries(optimizer.slots.map(slot => [slot, zerosLike(variable)])),
    updates: 0,
  }));
  return {
    step: (loss, learningRate, at = { step: 0, steps: 1 }) =>
      scope(() => {
        const { value, grads } = tf.variableGrads(
          loss,
          states.map(state => state.value),
        );
        const groups = new Map<number, Updatable[]>();
        for (const state of states) {
          const gradient = grads[state.value.name] as Updatable['gradient'] | null | undefined;
          if (!gradient) continue;
          const rate = typeof learningRate === 'number' ? learningRate : learningRate(state.name);
          groups.set(rate, [...(groups.get(rate) ?? []), { ...state, gradient }]);
          state.updates += 1;
        }
        for (const [rate, updatable] of groups) optimizer.apply(updatable, rate, at);
        return value;
      }),
    dispose: () => {
      tf.dispose(states.flatMap(({ slots }) => Object.values(slots)));
    },
  };
}

function zerosLike(variable: Variable): Variable {
  return ownVariable(tf.zeros(variable.shape));
}
