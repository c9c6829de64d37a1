import type { Tensor } from '@tensorflow/tfjs-core';
import { discardNote } from '../../contracts/note.js';
import type { Pass } from '../../contracts/weights.js';
import { withGradient } from '../custom-gradient.js';
import { nestedGradients } from '../nested-gradients.js';
import { recorded } from '../recorded-random.js';
import { sizeOf, type Layer } from './layer.js';

/**
 * Gradient checkpointing: the layer keeps only its input for the backward pass, which computes the forward pass again. Same
 * numbers, less memory, one more forward pass. With `active` false it is the layer itself.
 * @see arXiv 1604.06174
 */
export function checkpointed<T extends Tensor>(layer: Layer<T>, active = true): Layer<T> {
  if (!active) return layer;
  const names = layer.weights.filter(({ trainable }) => trainable).map(({ name }) => name);
  return {
    weights: layer.weights,
    forward: (input, pass) => (pass.training ? forward(layer, { input, names, pass }) : layer.forward(input, pass)),
    cost: shape => {
      const { activations, ...cost } = layer.cost(shape);
      return { ...cost, activations: sizeOf(cost.shape), recomputed: activations };
    },
  };
}

interface LayerCall<T extends Tensor> {
  readonly input: T;
  readonly names: readonly string[];
  readonly pass: Pass;
}

function forward<T extends Tensor>(layer: Layer<T>, { input, names, pass }: LayerCall<T>): T {
  const draws = pass.random && recorded(pass.random);
  const once = withGradient((...given: Tensor[]) => ({
    value: layer.forward(given[0] as T, { ...pass, ...(draws && { random: draws.random }) }),
    saved: given,
    gradient: (dy, saved) => {
      const again: Pass = {
        ...pass,
        update: () => undefined,
        note: discardNote,
        ...(draws && { random: draws.again() }),
      };
      return nestedGradients(() => layer.forward(saved[0] as T, over(again, names, saved.slice(1))), saved, dy);
    },
  }));
  return once(input, ...names.map(name => pass.weight(name))) as T;
}

/** A pass that uses the given tensors as trained weights. */
function over(pass: Pass, names: readonly string[], weights: readonly Tensor[]): Pass {
  const own = new Map(names.map((name, i) => [name, weights[i]]));
  return { ...pass, weight: <W extends Tensor>(name: string) => (own.get(name) ?? pass.weight(name)) as W };
}
