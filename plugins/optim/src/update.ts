import type { Updatable } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';

/** New value of a parameter and of its buffers. */
export interface Next {
  readonly value: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/**
 * Gives each parameter and its buffers what a rule makes of them. One by one, because laying parameters end to end and
 * cutting the result apart again was measured to take as long as it saves (ResNet-18, WebAssembly and TensorFlow).
 */
export function updateEach(parameters: readonly Updatable[], rule: (parameter: Updatable) => Next): void {
  for (const parameter of parameters) {
    tf.tidy(() => {
      assign(parameter, rule(parameter));
    });
  }
}

function assign(parameter: Updatable, next: Next): void {
  parameter.value.assign(next.value);
  for (const [name, slot] of Object.entries(parameter.slots)) slot.assign(next.slots[name]);
}

/** Gives each variable the value at its place. */
export function assignAll(variables: readonly Variable[], values: readonly Tensor[]): void {
  variables.forEach((variable, i) => variable.assign(values[i] as Variable));
}
