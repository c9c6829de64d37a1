import type { StepContext } from '../contracts/step-context.js';
import { scope } from '../tensor/scope.js';
import { embed } from './forward.js';
import { assignState, passesOf, type Model } from './model.js';
import type { Network } from './network.js';
import type { Batch } from './batch.js';

/**
 * Sends a batch through the network as a step would and lets the assigner see the embeddings, so that its state is filled;
 * nothing is learned. Running statistics are kept, as in the first pass over the data of DeepCluster v2.
 */
export function fillMemory(
  { encoder, head, assigner }: Network,
  model: Model,
  { batch, context }: { batch: () => Batch; context: StepContext },
): void {
  const after = scope(() => {
    const { views, forward, globalViews, place } = batch();
    const passes = passesOf(model.teacher ?? model.student, true, context.collective);
    const { embeddings } = embed({ encoder, head }, views.slice(0, globalViews), { passes, forward });
    const at = { ...context, batch: place };
    return assigner?.assign(embeddings, passes.prototypes, model.assignerState, at).nextState ?? {};
  });
  assignState(model.assignerState, after);
  Object.values(after).forEach(value => value.dispose());
  model.student.commit();
  model.teacher?.commit();
}
