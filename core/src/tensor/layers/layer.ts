import type { Tensor } from '@tensorflow/tfjs-core';
import type { Cost } from '../../contracts/cost.js';
import type { Pass, Weighted, WeightSpec } from '../../contracts/weights.js';
import { tf } from '../tf.js';

/** Work of a layer for one image. */
export type LayerCost = Omit<Cost, 'stage'>;

/**
 * A part of a network: one object with its weights, its forward pass and its cost. Layers hold no tensors and are cheap
 * to make. `T` is the type of input and output.
 */
export interface Layer<T extends Tensor> {
  /** Full names within the module, in PyTorch's order. */
  readonly weights: readonly WeightSpec[];
  /** Forward pass in training or evaluation mode, as set by `pass.training`. The caller owns the result. */
  forward(input: T, pass: Pass): T;
  /** Cost for input of the given shape without the batch dimension. Multiply-adds are those of convolutions and matrix products. */
  cost(shape: readonly number[]): LayerCost;
}

/**
 * Layers one after another. Intermediate tensors are freed unless saved for the backward pass, so a pass must copy the
 * tensors given to `update`.
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

/** Recomputed values of the costliest part, because only one part is recomputed at a time. */
function largest(...costs: readonly LayerCost[]): Pick<LayerCost, 'recomputed'> {
  const recomputed = Math.max(...costs.map(cost => cost.recomputed ?? 0));
  return recomputed > 0 ? { recomputed } : {};
}

/** Number of values of a tensor of the given shape. */
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
