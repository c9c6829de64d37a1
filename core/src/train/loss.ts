import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Assigned } from '../contracts/assigner.js';
import type { StepContext } from '../contracts/step-context.js';
import { constant } from '../tensor/constant.js';
import { embed, together } from './forward.js';
import { passesOf, type Model, type Passes } from './model.js';
import type { Network } from './network.js';

/** One batch of views and where it goes through. */
export interface Batch {
  /** V tensors [B, height, width, channels], global views first. */
  readonly views: readonly Tensor4D[];
  readonly globalViews: number;
  readonly forward: 'joint' | 'separate';
}

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

/** What the teacher says of the global views; constant. Undefined without a teacher. */
export interface Targets {
  readonly embeddings: readonly Tensor2D[];
  readonly assigned: readonly Assigned[];
}

/** Runs the teacher over the global views. Not differentiated: call it outside of the gradient. */
export function teach(
  network: Network,
  model: Model,
  { batch, context }: { batch: Batch; context: StepContext },
): Targets | undefined {
  if (!model.teacher) return undefined;
  const passes = passesOf(model.teacher, true, network.collective);
  const { embeddings } = embed(network, batch.views.slice(0, batch.globalViews), { passes, forward: batch.forward });
  const assigned = network.assigner?.assign(embeddings, passes.prototypes, model.assignerState, context).assigned ?? [];
  return { embeddings, assigned };
}

/** The loss of the learning branch: views -> features -> embeddings -> assignments -> loss. */
export function evaluateLoss(
  network: Network,
  model: Model,
  { batch, context, targets }: { batch: Batch; context: StepContext; targets: Targets | undefined },
): Evaluation {
  const passes = passesOf(model.student, true, network.collective);
  const { features, embeddings } = embed(network, batch.views, { passes, forward: batch.forward });
  const outputs = predict(network, embeddings, { passes, forward: batch.forward });
  const assignment = network.assigner?.assign(outputs, passes.prototypes, model.assignerState, context);
  const views = network.objectiveTakesAssignments && assignment ? assignment.assigned.map(a => a.logits) : outputs;
  const result = network.objective.compute(
    {
      views,
      teachers: teacherOutputs(network, targets),
      codes: codesOf(targets?.assigned ?? assignment?.assigned ?? []),
      tensors: { ...model.objectiveState, ...prototypesOf(model, passes) },
    },
    context,
  );
  return {
    loss: result.loss,
    parts: result.parts,
    assignerAfter: assignment?.after ?? {},
    objectiveAfter: result.after ?? {},
    features: features[0],
    logits: assignment?.assigned[0]?.logits,
  };
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

function teacherOutputs(network: Network, targets: Targets | undefined): Tensor2D[] {
  if (!targets) return [];
  const outputs =
    network.objectiveTakesAssignments && network.assigner ? targets.assigned.map(a => a.logits) : targets.embeddings;
  return outputs.map(output => constant(output));
}

function codesOf(assigned: readonly Assigned[]): Tensor2D[] {
  return assigned.flatMap(({ code }) => (code ? [constant(code)] : []));
}

function prototypesOf(model: Model, passes: Passes): Record<string, Tensor> {
  return model.student.has('prototypes') ? { prototypes: tf.clone(passes.prototypes.weight('weight')) } : {};
}
