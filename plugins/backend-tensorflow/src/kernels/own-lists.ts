import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Term } from '@carl-ssl/core';
import { operation } from './operation.js';

/** One operation for all places; see `native/lists.cc`. */
export function weightedSums(terms: readonly Term[]): Tensor[] {
  const places = terms[0].tensors.length;
  if (places === 0) return [];
  return tf.tidy(() => {
    const factors = terms.flatMap(({ factor, tensors }) => tensors.map((_, i) => factorAt(factor, i)));
    const tensors = terms.flatMap(term => term.tensors);
    const attributes = { count: tensors.length, places };
    return operation('CarlWeightedSums', [tf.tensor1d(factors), ...tensors], {
      attributes,
      types: [],
      outputs: places,
    });
  });
}

const factorAt = (factor: Term['factor'], place: number): number =>
  typeof factor === 'number' ? factor : factor[place];

/** One operation for all tensors. */
export function sumSquares(tensors: readonly Tensor[]): Scalar {
  return operation('CarlSumSquares', tensors, { attributes: { count: tensors.length }, types: [] })[0] as Scalar;
}
