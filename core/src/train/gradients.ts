import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { GradientExchange } from './gradient-exchange.js';
import type { Collective } from '../contracts/collective.js';
import { withEarlyRelease } from '../tensor/early-release.js';
import { differentiate } from '../tensor/engine.js';
import type { Parameter } from '../tensor/weight-store.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import type { Evaluation } from './loss.js';

/** Loss, parts and gradients of one or several batches; features and logits of the last one. */
export interface Gradients extends Pick<Evaluation, 'loss' | 'parts' | 'features' | 'logits'> {
  /** One for each parameter, null where the loss does not depend on it. */
  readonly gradients: readonly (Tensor | null)[];
}

/** Forward and backward pass of one batch. An exchange takes the gradients that are complete before the pass has ended. */
export function lossGradients(
  evaluate: () => Evaluation,
  parameters: readonly Parameter[],
  exchange?: GradientExchange,
): { readonly evaluation: Evaluation; readonly gradients: Gradients['gradients'] } {
  const variables = parameters.map(({ variable }) => variable);
  let kept: Evaluation | undefined;
  const forward = (): Scalar => {
    const evaluation = evaluate();
    kept = outliving(evaluation);
    return evaluation.loss;
  };
  const complete = exchange && {
    of: variables,
    visit: (weight: Tensor, gradient: Tensor) => exchange.start(weight, gradient),
  };
  const { gradients } = withEarlyRelease(() => differentiate(forward, variables), complete);
  return { evaluation: released(kept!), gradients };
}

/** The gradient's scope disposes all tensors made in it; these copies remain until {@link released}. */
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
    assignerState: each(evaluation.assignerState),
    objectiveState: each(evaluation.objectiveState),
    features: f(evaluation.features),
    ...(evaluation.logits && { logits: f(evaluation.logits) }),
  };
}

/** Adds the gradients of another batch and disposes both terms. */
export function addGradients(a: Gradients, b: Gradients): Gradients {
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

/** Means over the batches of a step and over all workers. */
export function averageGradients(
  total: Gradients,
  batches: number,
  { collective, parameters, exchange }: Averaging,
): Gradients {
  if (batches === 1 && !exchange) return total;
  const mean = <T extends Tensor>(sum: T): T => (batches === 1 ? sum : tf.div<T>(sum, batches));
  const names = Object.keys(total.parts);
  const numbers = [total.loss, ...names.map(name => total.parts[name])].map(mean);
  const [loss, ...parts] = collective.allReduceMean(numbers);
  const weights = parameters.map(({ variable }) => variable);
  if (exchange)
    weights.forEach((weight, i) => {
      const gradient = total.gradients[i];
      if (gradient && !exchange.has(weight)) exchange.start(weight, mean(gradient));
    });
  const exchanged = exchange?.finish();
  return {
    ...total,
    loss,
    parts: Object.fromEntries(names.map((name, i) => [name, parts[i]])),
    gradients: total.gradients.map((sum, i) => sum && (exchanged ? exchanged.get(weights[i])! : mean(sum))),
  };
}

export interface Averaging {
  readonly collective: Collective;
  readonly parameters: readonly Parameter[];
  /** With other workers; has the gradients that it was given during the backward pass. */
  readonly exchange?: GradientExchange | undefined;
}
