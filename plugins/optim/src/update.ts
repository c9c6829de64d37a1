import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** Gives each variable the value at its place. */
export function assignAll(variables: readonly Variable[], values: readonly Tensor[]): void {
  variables.forEach((variable, i) => variable.assign(values[i] as Variable));
}
