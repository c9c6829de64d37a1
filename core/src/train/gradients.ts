import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { StepContext } from '../contracts/step-context.js';
import type { Parameter } from '../tensor/weight-store.js';
import { drawMasking } from './masked-patches.js';
import { evaluateLoss, type Evaluation } from './loss.js';
import { withEarlyRelease } from '../tensor/early-release.js';
import { teach } from './teach.js';
import { scope } from '../tensor/scope.js';
import { assignState, type Model } from './model.js';
import type { Network } from './network.js';
import type { Batch } from './batch.js';

/** Gradients of one step by parameter, averaged over its batches and over all workers; loss and parts likewise. */
export interface StepGradients {
  readonly loss: Scalar;
  readonly parts: Readonly<Record<string, Scalar>>;
  /** Null for parameters the loss does not depend on. */
  readonly gradients: readonly (Tensor | null)[];
  readonly features: Evaluation['features'];
  readonly logits?: Evaluation['logits'];
}

export interface GradientInput {
  /** Called one after the other, so that only one batch is in memory at a time. */
  readonly batches: readonly (() => Batch)[];
  readonly parameters: readonly Parameter[];
  readonly context: StepContext;
}

/** Forward and backward over all batches of a step. State and running statistics are stored on the way. */
export function stepGradients(
  network: Network,
  model: Model,
  { batches, parameters, context }: GradientInput,
): StepGradients {
  let total: StepGradients | undefined;
  for (const makeBatch of batches) {
    const next = scope(() => {
      const batch = makeBatch();
      return differentiate(network, model, { batch, parameters, context: { ...context, batch: batch.place } });
    });
    total = total ? sum(total, next) : next;
  }
  return averaged(total!, batches.length, network.collective);
}

function differentiate(
  network: Network,
  model: Model,
  { batch, parameters, context }: { batch: Batch; parameters: readonly Parameter[]; context: StepContext },
): StepGradients {
  const hiding = drawMasking(network, batch, context);
  const targets = teach(network, model, { batch, context, hiding });
  const variables = parameters.map(({ variable }) => variable);
  let kept: Evaluation | undefined;
  const forward = (): Scalar => {
    const evaluation = evaluateLoss(network, model, { batch, context, hiding, targets });
    kept = outliving(evaluation);
    return evaluation.loss;
  };
  const { grads } = withEarlyRelease(() => tf.engine().gradients(forward, variables, undefined, true));
  const evaluation = released(kept!);
  assignState(model.assignerState, evaluation.assignerAfter);
  assignState(model.objectiveState, evaluation.objectiveAfter);
  const { loss, parts, features, logits } = evaluation;
  return {
    loss,
    parts,
    features,
    ...(logits && { logits }),
    gradients: (grads as (Tensor | undefined)[]).map(gradient => gradient ?? null),
  };
}

/** The gradient's scope disposes all it made; these copies outlive it until {@link released}. */
function outliving(evaluation: Evaluation): Evaluation {
  return mapTensors(evaluation, tensor => tf.keep(tf.clone(tensor)));
}

/** Hands kept tensors to the current scope. */
function released(evaluation: Evaluation): Evaluation {
  return mapTensors(evaluation, tensor => {
    const owned = tf.clone(tensor);
    tensor.dispose();
    return owned;
  });
}

function mapTensors(evaluation: Evaluation, f: <T extends Tensor>(tensor: T) => T): Evaluation {
  const each = <T extends Tensor>(tensors: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor)]));
  return {
    loss: f(evaluation.loss),
    parts: each(evaluation.parts),
    assignerAfter: each(evaluation.assignerAfter),
    objectiveAfter: each(evaluation.objectiveAfter),
    features: f(evaluation.features),
    ...(evaluation.logits && { logits: f(evaluation.logits) }),
  };
}

function sum(a: StepGradients, b: StepGradients): StepGradients {
  const both = scope(() => ({
    loss: tf.add<Scalar>(a.loss, b.loss),
    parts: Object.fromEntries(Object.keys(a.parts).map(name => [name, tf.add<Scalar>(a.parts[name], b.parts[name])])),
    gradients: a.gradients.map((gradient, i) => addOptional(gradient, b.gradients[i])),
  }));
  tf.dispose(
    [a.loss, a.parts, a.features, a.logits, b.loss, b.parts, ...a.gradients, ...b.gradients].filter(
      t => t !== null && t !== undefined,
    ),
  );
  return { ...both, features: b.features, ...(b.logits && { logits: b.logits }) };
}

function addOptional(a: Tensor | null, b: Tensor | null): Tensor | null {
  if (a && b) return tf.add(a, b);
  const one = a ?? b;
  return one && tf.clone(one);
}

/** Means over the batches of the step and over all workers, in one message. */
function averaged(total: StepGradients, batches: number, collective: Network['collective']): StepGradients {
  if (batches === 1 && collective.size === 1) return total;
  const names = Object.keys(total.parts);
  const sums = [total.loss, ...names.map(name => total.parts[name]), ...total.gradients.filter(one => one !== null)];
  const [loss, ...means] = collective.allReduceMean(sums.map(one => tf.div(one, batches)));
  const parts = means.splice(0, names.length);
  return {
    ...total,
    loss: loss as Scalar,
    parts: Object.fromEntries(names.map((name, i) => [name, parts[i] as Scalar])),
    gradients: total.gradients.map(gradient => gradient && means.shift()!),
  };
}
