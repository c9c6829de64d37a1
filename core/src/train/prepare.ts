import { noteOf } from '../tensor/notes.js';
import type { StepContext } from '../contracts/step-context.js';
import type { Pass } from '../contracts/weights.js';
import type { Parameter } from '../tensor/weight-store.js';
import type { StepScope } from './batch.js';
import { assignBuffers } from './buffers.js';
import type { Model } from './model.js';
import type { Network } from './network.js';
import { passesOf } from './passes.js';

/** Sets the weights of the assigner that follow a rule (unit length, centroids), before the forward pass uses them. */
export function prepareWeights({ assigner }: Network, model: Model, { context, notes }: StepScope): void {
  const note = noteOf(notes, 'assigner');
  const pass = { ...prototypesPass(model, context), note };
  const nextState = assigner?.prepare?.(pass, model.assignerState, { ...context, note });
  model.student.commit();
  model.teacher?.commit();
  assignBuffers(model.assignerState, nextState ?? {});
}

/** A pass that also sets untrained weights in the teacher, whose moving average has only the trained ones. */
function prototypesPass(model: Model, { collective }: StepContext): Pass {
  const own = passesOf(model.student, collective).prototypes;
  if (!model.teacher) return own;
  const followed = new Set(model.student.parameters().map(({ name }) => name));
  const teacher = passesOf(model.teacher, collective).prototypes;
  const update: Pass['update'] = (name, value) => {
    own.update(name, value);
    if (!followed.has(`prototypes.${name}`)) teacher.update(name, value);
  };
  return { ...own, update };
}

/** All parameters but those that the assigner or the projector freezes at this step. */
export function trainedParameters(
  { assigner, head }: Network,
  model: Model,
  context: StepContext,
): readonly Parameter[] {
  const prototypes = assigner?.frozen?.(context).map(name => `prototypes.${name}`) ?? [];
  const frozen = new Set([...prototypes, ...(head?.frozen?.(context).map(name => `head.${name}`) ?? [])]);
  return model.student.parameters().filter(({ name }) => !frozen.has(name));
}
