import type { StepContext } from '../contracts/step-context.js';
import { scope } from '../tensor/scope.js';
import type { Batch } from './batch.js';
import { runBranch } from './branch.js';
import { assignBuffers } from './buffers.js';
import type { Model } from './model.js';
import type { Network } from './network.js';
import { passesOf } from './passes.js';

/**
 * Runs the network on the global views of a batch and stores the assigner's new state, without learning. Running
 * statistics are updated, as in the first pass over the data of DeepCluster v2.
 */
export function fillMemory(
  network: Network,
  model: Model,
  { batch, context }: { batch: () => Batch; context: StepContext },
): void {
  const nextState = scope(() => {
    const { views, forward, globalViews, place } = batch();
    return runBranch(network, {
      passes: passesOf(model.teacher ?? model.student, context.collective),
      views: views.slice(0, globalViews),
      forward,
      learns: false,
      state: model.assignerState,
      context: { ...context, batch: place },
    }).nextState;
  });
  assignBuffers(model.assignerState, nextState);
  Object.values(nextState).forEach(value => value.dispose());
  model.student.commit();
  model.teacher?.commit();
}
