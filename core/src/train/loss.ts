import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { MaskedPatches, ObjectiveInputs } from '../contracts/objective.js';
import type { TensorMap } from '../contracts/state.js';
import { constant } from '../tensor/constant.js';
import { noteOf } from '../tensor/notes.js';
import { tf } from '../tensor/tf.js';
import type { Batch, StepScope } from './batch.js';
import { runBranch, type Branch } from './branch.js';
import type { Masking } from './masked-patches.js';
import type { Model } from './model.js';
import type { Network } from './network.js';
import { patchPositions } from './patch-positions.js';
import { passesOf, type Passes } from './passes.js';

/** A batch with the patches that are masked in it. */
export interface LossInput extends StepScope {
  readonly batch: Batch;
  readonly masking?: Masking;
  /** The teacher's branch, see {@link runTeacher}. */
  readonly targets?: Branch;
}

/** Results of the forward pass of one batch. */
export interface Evaluation {
  readonly loss: Scalar;
  readonly parts: Readonly<Record<string, Scalar>>;
  /** New values of the buffers. */
  readonly assignerState: TensorMap;
  readonly objectiveState: TensorMap;
  /** Of the first view, for the monitor. */
  readonly features: Tensor2D;
  readonly logits?: Tensor2D;
}

/** The teacher's branch over the global views; undefined without a teacher. Call it outside of the gradient. */
export function runTeacher(network: Network, model: Model, input: Omit<LossInput, 'targets'>): Branch | undefined {
  if (!model.teacher) return undefined;
  const { batch, context, masking } = input;
  return runBranch(network, {
    passes: passesOf(model.teacher, network.collective),
    views: batch.views.slice(0, batch.globalViews),
    forward: batch.forward,
    learns: false,
    masking,
    state: model.assignerState,
    context,
  });
}

/** The loss of the student against its targets. */
export function evaluateLoss(network: Network, model: Model, input: LossInput): Evaluation {
  const { batch, context, masking, targets, notes } = input;
  const passes = passesOf(model.student, network.collective, {
    random: context.random,
    images: batch.views[0].shape[0],
  });
  const state = { ...model.assignerState, ...teacherState(targets) };
  const { views, forward } = batch;
  const positions = network.objective.usesPatches ? patchPositions(network, batch) : [];
  const student = runBranch(network, {
    passes,
    views,
    forward,
    learns: true,
    masking,
    patchViews: positions.length,
    state,
    context,
    notes,
  });
  const result = network.objective.compute(
    {
      ...sides(network, { student, targets, globalViews: batch.globalViews }),
      globalViews: batch.globalViews,
      codes: (targets ?? student).codes.map(code => constant(code)),
      tensors: { ...model.objectiveState, ...prototypesOf(network, passes) },
      ...maskedPatches(student, targets, masking),
      ...(student.patches && { patches: { outputs: student.patches, positions } }),
    },
    { ...context, note: noteOf(notes, 'objective') },
  );
  return {
    loss: result.loss,
    parts: result.parts,
    assignerState: (targets ?? student).nextState,
    objectiveState: result.nextState ?? {},
    features: student.features[0],
    ...(student.logits.length > 0 && { logits: student.logits[0] }),
  };
}

interface Sides {
  readonly student: Branch;
  readonly targets: Branch | undefined;
  readonly globalViews: number;
}

/** Both branches as logits for an objective that requires assignments, with the embeddings beside them; else as embeddings. */
function sides(
  { assigner, predictor, objectiveTakesAssignments }: Network,
  { student, targets, globalViews }: Sides,
): Pick<ObjectiveInputs, 'outputs' | 'targets' | 'embedded'> {
  // Without a teacher, the targets of a predictor are its own inputs, those of the other views.
  const predicted = predictor ? student.embeddings.slice(0, globalViews) : [];
  const embeddings = (targets?.embeddings ?? predicted).map(z => constant(z));
  const embedded = { outputs: student.predictions, targets: embeddings };
  if (!assigner || !objectiveTakesAssignments) return embedded;
  return { outputs: student.logits, targets: (targets?.logits ?? []).map(logits => constant(logits)), embedded };
}

/** The teacher's embeddings under the names by which an assigner of the student finds them. */
function teacherState(targets: Branch | undefined): TensorMap {
  return Object.fromEntries((targets?.embeddings ?? []).map((z, i) => [`teacher${i}`, constant(z)]));
}

function prototypesOf({ assigner }: Network, passes: Passes): Record<string, Tensor> {
  const prototypes = assigner?.prototypes?.(passes.prototypes);
  return prototypes ? { prototypes: tf.clone(prototypes) } : {};
}

function maskedPatches(
  student: Branch,
  targets: Branch | undefined,
  masking: Masking | undefined,
): { readonly masked?: MaskedPatches } {
  if (!student.masked || !masking) return {};
  const target = targets?.masked && { target: constant(targets.masked) };
  return { masked: { ...masking, output: student.masked, ...target } };
}
