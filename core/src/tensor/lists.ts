import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Term } from './kernels.js';

/** Kernels over lists of tensors as chains of TensorFlow.js operations. */

export function weightedSums(terms: readonly Term[]): Tensor[] {
  return terms[0].tensors.map((_, place) => tf.tidy(() => terms.map(term => weighted(term, place)).reduce(sum)));
}

const sum = (a: Tensor, b: Tensor): Tensor => tf.add(a, b);

/** The result is another tensor also where the factor is 1. */
function weighted({ factor, tensors }: Term, place: number): Tensor {
  const by = typeof factor === 'number' ? factor : factor[place];
  return by === 1 ? tf.clone(tensors[place]) : tf.mul(tensors[place], by);
}

export function sumSquares(tensors: readonly Tensor[]): Scalar {
  return tf.tidy(() => tf.addN(tensors.map(tensor => tf.sum<Scalar>(tf.square(tensor)))));
}
