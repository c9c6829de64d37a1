import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Cost } from '../../contracts/cost.js';
import type { Pass, Weighted, WeightSpec } from '../../contracts/weights.js';

/** Work of a layer for one image. */
export type LayerCost = Omit<Cost, 'stage'>;

/**
 * A part of a network, stated once: what its weights are, what it computes with them and what that costs all follow from
 * one object. Layers hold no tensors and are cheap to make. `T` is the type of input and output.
 */
export interface Layer<T extends Tensor> {
  /** Full names within the module, in torch's order. */
  readonly weights: readonly WeightSpec[];
  /** Training in a pass that trains, else evaluation; the result is the caller's. */
  forward(input: T, pass: Pass): T;
  /** Cost for input of the given shape without the batch dimension. Multiply-adds are those of convolutions and matrix products. */
  cost(shape: readonly number[]): LayerCost;
}

/**
 * Layers one after another. What lies between them is freed on the way, but for what the backward pass saved; so a
 * pass must take a copy of what it is given by `update`.
 */
export function sequence<T extends Tensor>(layers: readonly Layer<T>[]): Layer<T> {
  const through = (input: T, pass: Pass): T => layers.reduce((value, layer) => layer.forward(value, pass), input);
  return {
    weights: layers.flatMap(layer => layer.weights),
    forward: (input, pass) => tf.tidy(() => through(input, pass)),
    cost: shape => totalCost(layers, shape),
  };
}

/** Cost of layers one after another; the shape is the last one's. */
export function totalCost(layers: readonly Pick<Layer<never>, 'cost'>[], shape: readonly number[]): LayerCost {
  return layers.reduce<LayerCost>(
    (before, layer) => {
      const cost = layer.cost(before.shape);
      return {
        shape: cost.shape,
        multiplyAdds: before.multiplyAdds + cost.multiplyAdds,
        activations: before.activations + cost.activations,
        ...largest(before, cost),
      };
    },
    { shape, multiplyAdds: 0, activations: 0 },
  );
}

/** Only one part is computed again at a time. */
function largest(...costs: readonly LayerCost[]): Pick<LayerCost, 'recomputed'> {
  const recomputed = Math.max(...costs.map(cost => cost.recomputed ?? 0));
  return recomputed > 0 ? { recomputed } : {};
}

/** Number of values that make up a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Number of parameters a module trains for input of the given shape. */
export function parameterCount(module: Weighted, input: readonly number[]): number {
  return module
    .weights(input)
    .filter(spec => spec.trainable)
    .reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
}
