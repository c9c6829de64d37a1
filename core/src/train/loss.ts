import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Assigned } from '../contracts/assigner.js';
import type { MaskedPatches, ObjectiveInputs } from '../contracts/objective.js';
import { constant } from '../tensor/constant.js';
import { embed, together } from './forward.js';
import type { Masking } from './masked-patches.js';
import { passesOf, type Model, type Passes } from './model.js';
import type { Network } from './network.js';
import { scored, type StepBatch, type Targets } from './teach.js';
import type { Batch } from './batch.js';

/** Everything that comes out of the forward pass of a step. */
export interface Evaluation {
  readonly loss: Scalar;
  readonly parts: Readonly<Record<string, Scalar>>;
  readonly assignerAfter: Readonly<Record<string, Tensor>>;
  readonly objectiveAfter: Readonly<Record<string, Tensor>>;
  /** Of the first view, for the monitor. */
  readonly features: Tensor2D;
  readonly logits?: Tensor2D;
}

/** The loss of the learning branch: views -> features -> embeddings -> assignments -> loss. */
export function evaluateLoss(
  network: Network,
  model: Model,
  { batch, context, hiding, targets }: StepBatch & { readonly targets: Targets | undefined },
): Evaluation {
  const images = batch.views[0].shape[0];
  const passes = passesOf(model.student, true, network.collective, { random: context.random, images });
  const way = { passes, forward: batch.forward, hiding, masked: true };
  const { features, embeddings, hidden } = embed(network, batch.views, way);
  const outputs = predict(network, embeddings, { passes, forward: batch.forward });
  const state = { ...model.assignerState, ...teacherState(targets) };
  const assignment = network.assigner?.assign(outputs, passes.prototypes, state, context);
  const teachers = embeddingTargets(network, { embeddings: embeddings.slice(0, batch.globalViews), targets });
  const assigned = network.objectiveTakesAssignments ? assignment?.assigned : undefined;
  const view = hidden && scored(network, hidden, { passes, model, context });
  const result = network.objective.compute(
    {
      ...branches({ outputs, targets: teachers }, assigned, targets),
      codes: codesOf(targets?.assigned ?? assignment?.assigned ?? []),
      ...(assigned && network.assigner?.segments && { segments: network.assigner.segments }),
      tensors: { ...model.objectiveState, ...prototypesOf(model, passes) },
      ...hiddenPatches(view, targets, hiding),
    },
    context,
  );
  return {
    loss: result.loss,
    parts: result.parts,
    assignerAfter: targets?.assignerAfter ?? assignment?.nextState ?? {},
    objectiveAfter: result.nextState ?? {},
    features: features[0],
    logits: assignment?.assigned[0]?.logits,
  };
}

function hiddenPatches(
  view: Tensor2D | undefined,
  targets: Targets | undefined,
  hiding: Masking | undefined,
): { readonly masked?: MaskedPatches } {
  if (!view || !targets?.hidden || !hiding) return {};
  return { masked: { output: view, target: constant(targets.hidden), mask: hiding.mask } };
}

function predict(
  network: Network,
  embeddings: readonly Tensor2D[],
  { passes, forward }: { passes: Passes; forward: Batch['forward'] },
) {
  const { predictor } = network;
  if (!predictor) return embeddings;
  const run = (z: Tensor2D): Tensor2D => predictor.forward(z, passes.predictor);
  return forward === 'joint' ? together(embeddings, run) : embeddings.map(run);
}

type Branches = Pick<ObjectiveInputs, 'outputs' | 'targets'>;

/** Both branches as logits if the learning branch was assigned, with the embeddings beside them; else as embeddings. */
function branches(
  embedded: Branches,
  assigned: readonly Assigned[] | undefined,
  targets: Targets | undefined,
): Branches & Pick<ObjectiveInputs, 'embedded'> {
  if (!assigned) return embedded;
  const teachers = (targets?.assigned ?? []).map(one => constant(one.logits));
  return { outputs: assigned.map(one => one.logits), targets: teachers, embedded };
}

/** The teacher's embeddings, or what a predictor predicts where there is no teacher: its own input without gradient. */
function embeddingTargets(
  { predictor }: Network,
  { embeddings, targets }: { embeddings: readonly Tensor2D[]; targets: Targets | undefined },
): Tensor2D[] {
  const predicted = predictor ? embeddings : [];
  return (targets?.embeddings ?? predicted).map(one => constant(one));
}

/** What an assigner of the learning branch is told of the teacher. */
function teacherState(targets: Targets | undefined): Record<string, Tensor> {
  return Object.fromEntries((targets?.embeddings ?? []).map((one, i) => [`teacher${i}`, constant(one)]));
}

function codesOf(assigned: readonly Assigned[]): Tensor2D[] {
  return assigned.flatMap(({ code }) => (code ? [constant(code)] : []));
}

function prototypesOf(model: Model, passes: Passes): Record<string, Tensor> {
  return model.student.has('prototypes') ? { prototypes: tf.clone(passes.prototypes.weight('weight')) } : {};
}
