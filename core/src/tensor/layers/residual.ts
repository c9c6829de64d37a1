import type { Tensor } from '@tensorflow/tfjs-core';
import type { Pass } from '../../contracts/weights.js';
import { drawnRows } from '../own-rows.js';
import { tf } from '../tf.js';
import type { Layer } from './layer.js';

/**
 * x + branch(x). With stochastic depth, in a pass with a random stream, the branch is dropped for each row of the batch
 * with the probability `dropRate`, and multiplied by 1 / (1 - dropRate) elsewhere.
 * @see arXiv 1603.09382
 */
export function residual<T extends Tensor>(branch: Layer<T>, dropRate = 0): Layer<T> {
  return {
    weights: branch.weights,
    forward: (input, pass) => tf.tidy(() => tf.add<T>(input, dropped(branch.forward(input, pass), pass, dropRate))),
    cost: shape => branch.cost(shape),
  };
}

/** Drop rate of each of `count` blocks: from 0 at the first, in equal steps, to `last`. */
export function dropRates(last: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => (count === 1 ? last : (last * index) / (count - 1)));
}

function dropped<T extends Tensor>(value: T, pass: Pass, rate: number): T {
  const { training, random } = pass;
  if (rate === 0 || !training || !random) return value;
  const [rows, ...rest] = value.shape;
  const factors = drawnRows(rows, pass, () => (random.chance(rate) ? 0 : 1 / (1 - rate)));
  return tf.mul<T>(value, tf.tensor(factors, [rows, ...rest.map(() => 1)]));
}
