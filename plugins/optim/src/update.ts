import type { Updatable } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';

/** The tensors of one parameter, or those of many laid end to end. */
export interface Current {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** What an update rule makes of them. */
export type Next = Omit<Current, 'gradient'>;
export type Rule = (current: Current) => Next;

/** Longer tensors gain nothing from being joined: their arithmetic outweighs the cost of starting an operation. */
const LONGEST_JOINED = 2 ** 14;

/** Updates parameters one by one. */
export function updateEach(parameters: readonly Updatable[], rule: Rule): void {
  for (const parameter of parameters) {
    tf.tidy(() => {
      assign(parameter, rule(parameter));
    });
  }
}

/**
 * Updates parameters by a rule that works element by element. Short ones, which are most of a network's, are laid end to
 * end first, so that they take one operation in place of dozens.
 */
export function updateTogether(parameters: readonly Updatable[], rule: Rule): void {
  const short = parameters.filter(({ value }) => value.size <= LONGEST_JOINED);
  const long = parameters.filter(({ value }) => value.size > LONGEST_JOINED);
  updateEach(short.length > 1 ? long : parameters, rule);
  if (short.length > 1) tf.tidy(() => updateJoined(short, rule));
}

function updateJoined(parameters: readonly Updatable[], rule: Rule): void {
  const names = Object.keys(parameters[0].slots);
  const slots = names.map(name => [name, join(parameters.map(parameter => parameter.slots[name]))] as const);
  const next = rule({
    value: join(parameters.map(({ value }) => value)),
    gradient: join(parameters.map(({ gradient }) => gradient)),
    slots: Object.fromEntries(slots),
  });
  assignParts(
    parameters.map(({ value }) => value),
    next.value,
  );
  for (const name of names) {
    assignParts(
      parameters.map(parameter => parameter.slots[name]),
      next.slots[name],
    );
  }
}

function join(tensors: readonly Tensor[]): Tensor {
  return tf.concat(tensors.map(tensor => tf.reshape(tensor, [-1])));
}

function assignParts(variables: readonly Variable[], joined: Tensor): void {
  const parts = tf.split(
    joined,
    variables.map(({ size }) => size),
  );
  variables.forEach((variable, index) => variable.assign(tf.reshape(parts[index], variable.shape)));
}

function assign(parameter: Updatable, next: Next): void {
  parameter.value.assign(next.value as Variable);
  for (const [name, slot] of Object.entries(parameter.slots)) slot.assign(next.slots[name] as Variable);
}
