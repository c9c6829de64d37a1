import type { Tensor } from '@tensorflow/tfjs-core';
import type { Cost } from '../../contracts/cost.js';
import type { Layer } from './layer.js';

/** A part of a module with an entry of its own in the module's cost. */
export interface Stage<T extends Tensor> {
  readonly name: string;
  readonly layer: Layer<T>;
}

/** Costs of stages one after another, for one input of the given shape without the batch dimension. */
export function stageCosts<T extends Tensor>(stages: readonly Stage<T>[], input: readonly number[]): Cost[] {
  let shape = input;
  return stages.map(({ name, layer }) => {
    const cost = layer.cost(shape);
    shape = cost.shape;
    return { stage: name, ...cost };
  });
}
