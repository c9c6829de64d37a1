import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Pass } from '../../contracts/weights.js';
import type { Layer } from './layer.js';
import type { Random } from '../../contracts/random.js';

/**
 * x + branch(x). With stochastic depth, in a pass that draws at random, the branch is left out for each input of the
 * batch with the probability `dropRate`, and counts 1 / (1 - dropRate) where it stays.
 * @see arXiv 1603.09382
 */
export function residual<T extends Tensor>(branch: Layer<T>, dropRate = 0): Layer<T> {
  return {
    weights: branch.weights,
    forward: (input, pass) => tf.tidy(() => tf.add<T>(input, dropped(branch.forward(input, pass), pass, dropRate))),
    cost: shape => branch.cost(shape),
  };
}

/** The drop rate of each of `count` blocks: from 0 at the first, in equal steps, to `last`. */
export function dropRates(last: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => (count === 1 ? last : (last * index) / (count - 1)));
}

function dropped<T extends Tensor>(value: T, { training, random }: Pass, rate: number): T {
  if (rate === 0 || !training || !random) return value;
  return tf.mul<T>(value, kept(value.shape, random, rate));
}

/** [B, 1, ..., 1]: 0 or 1 / (1 - rate). */
function kept([batch, ...rest]: readonly number[], random: Random, rate: number): Tensor {
  const factors = Float32Array.from({ length: batch }, () => (random.chance(rate) ? 0 : 1 / (1 - rate)));
  return tf.tensor(factors, [batch, ...rest.map(() => 1)]);
}
