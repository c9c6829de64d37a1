import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Updatable } from '../contracts/optimizer.js';
import type { StepContext } from '../contracts/step-context.js';
import type { Pass } from '../contracts/weights.js';
import type { Parameter } from '../tensor/weight-store.js';
import { scope } from '../tensor/scope.js';
import { clipFactor, globalNorm } from './gradient-norm.js';
import { stepGradients } from './gradients.js';
import { assignState, passesOf, type Model } from './model.js';
import type { Network } from './network.js';
import type { Batch } from './batch.js';

export interface StepInput {
  /** One entry a batch; more than one is gradient accumulation. */
  readonly batches: readonly (() => Batch)[];
  readonly context: StepContext;
  readonly learningRate: number;
  readonly clipNorm: number | null;
}

/** What a step gives back, on the device; the caller owns the tensors. */
export interface StepOutcome {
  /** Loss, norm of the gradient before clipping, then the parts of the loss: one read-back for all. */
  readonly numbers: Tensor1D;
  readonly partNames: readonly string[];
  /** Features h of the first view [B, D], and its logits [B, K] if there is an assigner; of the last batch. */
  readonly features: Tensor2D;
  readonly logits?: Tensor2D;
}

/** Frees all tensors of an outcome. */
export function disposeOutcome({ numbers, features, logits }: StepOutcome): void {
  tf.dispose([numbers, features, ...(logits ? [logits] : [])]);
}

/**
 * One optimizer step, synchronous and in one `tidy`: teacher, forward, gradients of an explicit list of variables,
 * clipping, update, running statistics, and the teacher's move.
 */
export function trainStep(network: Network, model: Model, input: StepInput): StepOutcome {
  let partNames: string[] = [];
  const tensors = scope(() => {
    prepare(network, model, input.context);
    const parameters = trainedParameters(network, model, input.context);
    const { loss, parts, gradients, features, logits } = stepGradients(network, model, { ...input, parameters });
    const norm = globalNorm(gradients.filter(gradient => gradient !== null));
    const factor = input.clipNorm === null ? undefined : clipFactor(norm, input.clipNorm);
    const updates = parameters.flatMap((parameter, i) => updatable(model, parameter, scaled(gradients[i], factor)));
    network.optimizer.apply(updates, input.learningRate);
    for (const { name } of updates) model.updates.set(name, model.updates.get(name)! + 1);
    model.student.commit();
    moveTeacher(network, model, input.context);
    partNames = Object.keys(parts);
    return {
      numbers: tf.stack<Scalar>([loss, norm, ...Object.values(parts)]) as Tensor1D,
      features,
      ...(logits && { logits }),
    };
  });
  return { ...tensors, partNames };
}

/** Weights that are kept in shape by rule, such as prototypes of unit length or centroids, are set before they are used. */
function prepare({ assigner }: Network, model: Model, context: StepContext): void {
  const after = assigner?.prepare?.(prototypesPass(model, context), model.assignerState, context);
  model.student.commit();
  model.teacher?.commit();
  assignState(model.assignerState, after ?? {});
}

/** What is set by rule alone and not trained holds for the teacher too, which only follows what is trained. */
function prototypesPass(model: Model, { collective }: StepContext): Pass {
  const own = passesOf(model.student, true, collective).prototypes;
  if (!model.teacher) return own;
  const followed = new Set(model.student.parameters().map(({ name }) => name));
  const teacher = passesOf(model.teacher, true, collective).prototypes;
  const update: Pass['update'] = (name, value) => {
    own.update(name, value);
    if (!followed.has(`prototypes.${name}`)) teacher.update(name, value);
  };
  return { ...own, update };
}

function trainedParameters(network: Network, model: Model, context: StepContext): readonly Parameter[] {
  const frozen = new Set(network.assigner?.frozen?.(context).map(name => `prototypes.${name}`));
  return model.student.parameters().filter(({ name }) => !frozen.has(name));
}

function scaled(gradient: Tensor | null, factor: Scalar | undefined): Tensor | null {
  return gradient && factor ? tf.mul(gradient, factor) : gradient;
}

function updatable(model: Model, { name, variable }: Parameter, gradient: Tensor | null): Updatable[] {
  if (!gradient) return [];
  return [{ name, value: variable, gradient, slots: model.slots.get(name)!, updates: model.updates.get(name)! }];
}

function moveTeacher(network: Network, model: Model, { step, steps }: StepContext): void {
  if (!network.teacher || !model.teacher) return;
  model.teacher.commit();
  const targets = model.teacher.parameters().map(({ variable }) => variable);
  const online = model.student.parameters().map(({ variable }) => variable);
  network.teacher.update(targets, online, network.teacher.momentum(step, steps));
}
