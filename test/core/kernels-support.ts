import { type Random, seededStreams } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { filled, type Values } from './kernels-reference.js';

/** A computation in tensors and its definition in double precision. */
export interface Case {
  readonly shapes: readonly (readonly number[])[];
  readonly compute: (...inputs: Tensor[]) => Tensor;
  readonly reference: (...inputs: Values[]) => Values;
  /** Centre of the first input, which all others lack. */
  readonly centre?: number;
}

export const random = (...position: number[]): Random => seededStreams(11).at('kernels', ...position);

/** Normal values that single precision holds exactly. */
export function noise(shape: readonly number[], from: Random, centre = 0): Values {
  return filled(shape, () => Math.fround(centre + from.normal()));
}

export const toTensor = ({ shape, data }: Values): Tensor => tf.tensor(Float32Array.from(data), [...shape], 'float32');

/** The largest difference over the largest expected magnitude. */
export function distance(actual: Tensor, expected: Values): number {
  expect(actual.shape).to.deep.equal(expected.shape);
  const values = actual.dataSync();
  const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  return expected.data.reduce((most, value, i) => {
    const off = Math.abs(value - values[i]) / scale;
    return off <= most ? most : off;
  }, 0);
}

/** Gradient of sum(reference * weights) by one input, by central differences in double precision. */
function numericGradient(
  { reference }: Case,
  inputs: readonly Values[],
  at: { index: number; weights: Values },
): Values {
  const step = 1e-5;
  const loss = (i: number, change: number): number => {
    const moved = inputs.map((input, index) => (index === at.index ? { ...input, data: input.data.slice() } : input));
    moved[at.index].data[i] += change;
    return reference(...moved).data.reduce((total, value, k) => total + value * at.weights.data[k], 0);
  };
  return filled(inputs[at.index].shape, i => (loss(i, step) - loss(i, -step)) / (2 * step));
}

/** Checks values and gradients by all inputs that `differentiable` counts, on the current backend. */
export function expectExact(tested: Case, differentiable: number, tolerance: number): void {
  const from = random(1);
  const inputs = tested.shapes.map((shape, i) => noise(shape, from, i === 0 ? tested.centre : 0));
  const expected = tested.reference(...inputs);
  const weights = noise(expected.shape, from);
  tf.tidy(() => {
    const given = inputs.map(toTensor);
    expect(distance(tested.compute(...given), expected), 'value').to.be.below(tolerance);
    const rest = given.slice(differentiable);
    const differentiate = tf.grads((...x: Tensor[]) => tested.compute(...x, ...rest));
    differentiate(given.slice(0, differentiable), toTensor(weights)).forEach((gradient, index) =>
      expect(distance(gradient, numericGradient(tested, inputs, { index, weights })), `gradient ${index}`).to.be.below(
        tolerance,
      ),
    );
  });
}
