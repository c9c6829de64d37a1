import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { AdamNext, AdamPlace, AdamRule, WeightedTensors } from '../contracts/kernels.js';
import { tf } from './tf.js';

/** Kernels over lists of tensors as chains of TensorFlow.js operations. */

export function weightedSums(terms: readonly WeightedTensors[]): Tensor[] {
  return terms[0].tensors.map((_, place) => tf.tidy(() => terms.map(term => weighted(term, place)).reduce(sum)));
}

const sum = (a: Tensor, b: Tensor): Tensor => tf.add(a, b);

/** Always returns a new tensor, even if the factor is 1. */
function weighted({ factor, tensors }: WeightedTensors, place: number): Tensor {
  const by = factorAt(factor, place);
  return by === 1 ? tf.clone(tensors[place]) : tf.mul(tensors[place], by);
}

function factorAt(factor: WeightedTensors['factor'], place: number): number | Scalar {
  if (typeof factor === 'number') return factor;
  return factor instanceof tf.Tensor ? tf.reshape<tf.Rank.R0>(tf.slice(factor, place, 1), []) : factor[place];
}

export function sumsOfSquares(tensors: readonly Tensor[]): Tensor1D {
  if (tensors.length === 0) return tf.tensor1d([]);
  return tf.tidy(() => tf.stack(tensors.map(tensor => tf.sum<Scalar>(tf.square(tensor)))) as Tensor1D);
}

export function adamSteps(places: readonly AdamPlace[], rule: AdamRule): AdamNext[] {
  return places.map(place => tf.tidy(() => adamStep(place, rule) as Record<keyof AdamNext, Tensor>));
}

function adamStep(place: AdamPlace, { beta1, beta2, epsilon }: AdamRule): AdamNext {
  const { value, coupledDecay, kept, rate, correction } = place;
  const gradient = coupledDecay === 0 ? place.gradient : tf.add(place.gradient, tf.mul(value, coupledDecay));
  const mean = tf.add(tf.mul(place.mean, beta1), tf.mul(gradient, 1 - beta1));
  const square = tf.add(tf.mul(place.square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.mul(tf.sqrt(square), correction), epsilon);
  const along = tf.div(tf.mul(mean, rate), root);
  return { value: tf.sub(kept === 1 ? value : tf.mul(value, kept), along), mean, square };
}
