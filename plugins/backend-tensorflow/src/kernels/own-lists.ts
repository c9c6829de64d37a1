import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { tf, type AdamNext, type AdamPlace, type AdamRule, type WeightedTensors } from '@carl-ssl/core';
import { operation } from './operation.js';

/** Weighted sums of lists of tensors in one operation; see `native/math/lists.h`. */
export function weightedSums(terms: readonly WeightedTensors[]): Tensor[] {
  const places = terms[0].tensors.length;
  if (places === 0) return [];
  return tf.tidy(() => {
    const tensors = terms.flatMap(term => term.tensors);
    return lists('CarlWeightedSums', [factorsOf(terms, places), ...tensors], places);
  });
}

/** Returns the factors as one row, [terms x places]. */
function factorsOf(terms: readonly WeightedTensors[], places: number): Tensor1D {
  const rows = terms.map(({ factor }) =>
    typeof factor === 'number' ? Array.from({ length: places }, () => factor) : factor,
  );
  if (!rows.some(row => row instanceof tf.Tensor)) return tf.tensor1d(rows.flat() as number[]);
  return tf.concat(rows.map(row => (row instanceof tf.Tensor ? row : tf.tensor1d(row as number[]))));
}

/** Sums of squares of all tensors in one operation. */
export function sumsOfSquares(tensors: readonly Tensor[]): Tensor1D {
  if (tensors.length === 0) return tf.tensor1d([]);
  return operation('CarlSumsOfSquares', tensors, {
    attributes: { count: tensors.length },
    types: [],
  })[0] as Tensor1D;
}

/** Steps of Adam for all parameters in one operation. */
export function adamSteps(places: readonly AdamPlace[], { beta1, beta2, epsilon }: AdamRule): AdamNext[] {
  if (places.length === 0) return [];
  return tf.tidy(() => {
    const rule = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon];
    const factors = places.flatMap(place => [place.coupledDecay, place.kept, place.rate, place.correction]);
    const tensors = places.flatMap(({ value, gradient, mean, square }) => [value, gradient, mean, square]);
    const next = lists('CarlAdamSteps', [tf.tensor1d([...rule, ...factors]), ...tensors], 3 * places.length);
    return places.map((_, i) => ({ value: next[3 * i], mean: next[3 * i + 1], square: next[3 * i + 2] }));
  });
}

/** Runs an operation that takes factors and tensors and returns tensors. */
function lists(name: string, inputs: readonly Tensor[], outputs: number): Tensor[] {
  return operation(name, inputs, { attributes: { count: inputs.length - 1, outputs }, types: [], outputs });
}
