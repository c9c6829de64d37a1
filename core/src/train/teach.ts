import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Assigned } from '../contracts/assigner.js';
import type { StepContext } from '../contracts/step-context.js';
import { embed } from './forward.js';
import type { Masking } from './masked-patches.js';
import { passesOf, type Model, type Passes } from './model.js';
import type { Network } from './network.js';
import type { Batch } from './batch.js';

/** What the teacher says of the global views; constant. Undefined without a teacher. */
export interface Targets {
  readonly embeddings: readonly Tensor2D[];
  readonly assigned: readonly Assigned[];
  /** The assigner's buffers after this step: they hold what the teacher gave. */
  readonly assignerAfter: Readonly<Record<string, Tensor>>;
  /** Of the patches hidden from the learning branch, [M, K] or [M, E]. */
  readonly hidden?: Tensor2D;
}

/** A batch at a step, and what of it is hidden from the learning branch. */
export interface StepBatch {
  readonly batch: Batch;
  readonly context: StepContext;
  readonly hiding?: Masking;
}

/** Runs the teacher over the global views. Not differentiated: call it outside of the gradient. */
export function teach(network: Network, model: Model, { batch, context, hiding }: StepBatch): Targets | undefined {
  if (!model.teacher) return undefined;
  const passes = passesOf(model.teacher, true, network.collective);
  const globals = batch.views.slice(0, batch.globalViews);
  const { embeddings, hidden } = embed(network, globals, { passes, forward: batch.forward, hiding });
  const assignment = network.assigner?.assign(embeddings, passes.prototypes, model.assignerState, context);
  return {
    embeddings,
    assigned: assignment?.assigned ?? [],
    assignerAfter: assignment?.nextState ?? {},
    ...(hidden && { hidden: scored(network, hidden, { passes, model, context }) }),
  };
}

/** Embeddings of patches as the objective takes views; they leave no trace in the assigner's buffers. */
export function scored(
  network: Network,
  embeddings: Tensor2D,
  { passes, model, context }: { passes: Passes; model: Model; context: StepContext },
): Tensor2D {
  if (!network.assigner || !network.objectiveTakesAssignments) return embeddings;
  return network.assigner.assign([embeddings], passes.prototypes, model.assignerState, context).assigned[0].logits;
}
