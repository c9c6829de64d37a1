import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { StepContext } from '../contracts/step-context.js';
import { inPrecision, type Precision } from '../tensor/kernels.js';
import { Notes } from '../tensor/notes.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import type { Parameter } from '../tensor/weight-store.js';
import type { Batch, StepScope } from './batch.js';
import { assignBuffers } from './buffers.js';
import { GradientExchange } from './gradient-exchange.js';
import { clipFactor, globalNorm } from './gradient-norm.js';
import { addGradients, averageGradients, lossGradients, type Gradients } from './gradients.js';
import { evaluateLoss, runTeacher } from './loss.js';
import { drawMasking } from './masked-patches.js';
import type { Model } from './model.js';
import type { Network } from './network.js';
import { prepareWeights, trainedParameters } from './prepare.js';
import { probeStep } from './probe.js';

export interface StepInput {
  /** One function a batch, called one after the other; more than one is gradient accumulation. */
  readonly batches: readonly (() => Batch)[];
  readonly context: StepContext;
  readonly learningRate: number;
  readonly clipNorm: number | null;
  /** float32 if it is missing. */
  readonly precision?: Precision;
}

/** Results of a step on the device; the caller owns the tensors. */
export interface StepOutcome {
  /** Loss, norm of the gradient before clipping, parts of the loss, notes: one read-back for all. */
  readonly numbers: Tensor1D;
  readonly partNames: readonly string[];
  readonly noteNames: readonly string[];
  /** Features h [B, D] of the first view, and its logits [B, K] if there is an assigner; of the last batch. */
  readonly features: Tensor2D;
  readonly logits?: Tensor2D;
}

/** Frees all tensors of an outcome. */
export function disposeOutcome({ numbers, features, logits }: StepOutcome): void {
  tf.dispose([numbers, features, ...(logits ? [logits] : [])]);
}

/** One optimizer step, synchronous; all other tensors it makes are freed at its end. */
export function trainStep(network: Network, model: Model, input: StepInput): StepOutcome {
  const notes = new Notes();
  const { precision = 'float32' } = input;
  try {
    return inPrecision(precision, () => stepWith(network, model, { ...input, notes }));
  } finally {
    notes.dispose();
  }
}

function stepWith(network: Network, model: Model, input: StepInput & { readonly notes: Notes }): StepOutcome {
  const { context, notes, clipNorm } = input;
  return scope(() => {
    const step = { context, notes };
    prepareWeights(network, model, step);
    const parameters = trainedParameters(network, model, context);
    const mean = meanGradients(network, input.batches, parameters, (makeBatch, exchange) =>
      batchGradients(network, model, { batch: makeBatch(), parameters, exchange, ...step }),
    );
    const norm = globalNorm(mean.gradients.filter(gradient => gradient !== null));
    const teacherFirst = network.teacher?.updatesBeforeStep === true;
    if (teacherFirst) moveTeacher(network, model, context);
    update(network, model, { parameters, gradients: clipped(mean.gradients, norm, clipNorm), ...input });
    model.student.commit();
    if (!teacherFirst) moveTeacher(network, model, context);
    return outcomeOf(mean, norm, takeNotes(notes, network));
  });
}

/** Gradients of all batches of a step, of which only one is in memory at a time. */
function meanGradients(
  { collective }: Network,
  batches: StepInput['batches'],
  parameters: readonly Parameter[],
  gradientsOf: (makeBatch: () => Batch, exchange?: GradientExchange) => Gradients,
): Gradients {
  const { host, size } = collective;
  const exchange = size > 1 ? new GradientExchange(host) : undefined;
  // The gradients of several batches are added first.
  const overlapping = host.overlaps && batches.length === 1 ? exchange : undefined;
  let total: Gradients | undefined;
  for (const makeBatch of batches) {
    const next = scope(() => gradientsOf(makeBatch, overlapping));
    total = total ? addGradients(total, next) : next;
  }
  return averageGradients(total!, batches.length, { collective, parameters, exchange });
}

/** Targets, forward and backward pass of one batch. Stores new state, and records new running statistics. */
function batchGradients(
  network: Network,
  model: Model,
  {
    batch,
    parameters,
    exchange,
    notes,
    ...step
  }: StepScope & {
    readonly batch: Batch;
    readonly parameters: readonly Parameter[];
    readonly exchange?: GradientExchange | undefined;
  },
): Gradients {
  const context = { ...step.context, batch: batch.place };
  const masking = drawMasking(network, batch, context);
  const targets = runTeacher(network, model, { batch, context, masking, notes });
  const { evaluation, gradients } = lossGradients(
    () => evaluateLoss(network, model, { batch, context, masking, targets, notes }),
    parameters,
    exchange,
  );
  const { assignerState, objectiveState, ...results } = evaluation;
  const { probe, collective } = network;
  if (probe) probeStep(probe, model, { batch, notes, features: results.features, collective, at: context });
  assignBuffers(model.assignerState, assignerState);
  assignBuffers(model.objectiveState, objectiveState);
  return { ...results, gradients };
}

function clipped(gradients: Gradients['gradients'], norm: Scalar, limit: number | null): Gradients['gradients'] {
  if (limit === null) return gradients;
  const factor = clipFactor(norm, limit);
  return gradients.map(gradient => gradient && tf.mul(gradient, factor));
}

/** Updates each parameter that has a gradient. */
function update(
  { optimizer }: Network,
  model: Model,
  {
    parameters,
    gradients,
    learningRate,
    context,
  }: Pick<Gradients, 'gradients'> &
    Pick<StepInput, 'learningRate' | 'context'> & { readonly parameters: readonly Parameter[] },
): void {
  const updates = parameters.flatMap(({ name, variable: value }, i) => {
    const gradient = gradients[i];
    return gradient
      ? [{ name, value, gradient, slots: model.slots.get(name)!, updates: model.updates.get(name)! }]
      : [];
  });
  optimizer.apply(updates, learningRate, context);
  for (const { name } of updates) model.updates.set(name, model.updates.get(name)! + 1);
}

function moveTeacher(network: Network, model: Model, { step, steps }: StepContext): void {
  if (!network.teacher || !model.teacher) return;
  model.teacher.commit();
  const targets = model.teacher.parameters().map(({ variable }) => variable);
  const online = model.student.parameters().map(({ variable }) => variable);
  network.teacher.update(targets, online, network.teacher.momentum(step, steps));
}

/** The scalars that parts have reported, averaged over the batches of the step and over all workers. */
function takeNotes(notes: Notes, { collective }: Network): Readonly<Record<string, Scalar>> {
  const means = notes.take();
  const names = Object.keys(means);
  if (names.length === 0) return {};
  const reduced = collective.allReduceMean(names.map(name => means[name]));
  return Object.fromEntries(names.map((name, i) => [name, reduced[i]]));
}

function outcomeOf(
  { loss, parts, features, logits }: Gradients,
  norm: Scalar,
  notes: Readonly<Record<string, Scalar>>,
): StepOutcome {
  return {
    numbers: tf.stack<Scalar>([loss, norm, ...Object.values(parts), ...Object.values(notes)]) as Tensor1D,
    partNames: Object.keys(parts),
    noteNames: Object.keys(notes),
    features,
    ...(logits && { logits }),
  };
}
