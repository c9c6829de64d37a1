import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';

/** Formulas in plain loops, against which losses are tested. */

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;
export const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((value, i) => value * b[i]));
export const unit = (row: readonly number[]): number[] => row.map(value => value / Math.sqrt(dot(row, row)));

export function softmaxOf(logits: readonly number[], temperature = 1): number[] {
  const largest = Math.max(...logits);
  const shares = logits.map(logit => Math.exp((logit - largest) / temperature));
  return shares.map(share => share / sum(shares));
}

/** -sum target log p. */
export const crossEntropyOf = (target: readonly number[], p: readonly number[]): number =>
  -sum(target.map((share, k) => (share === 0 ? 0 : share * Math.log(p[k]))));

export const entropyOf = (p: readonly number[]): number => crossEntropyOf(p, p);

/** The mean of rows. */
export const meanRow = (rows: readonly (readonly number[])[]): number[] =>
  rows[0].map((_, k) => mean(rows.map(row => row[k])));

/** Expects the values of a tensor, row by row. */
export function expectNear(actual: Tensor, expected: readonly number[], tolerance = 1e-5): void {
  const values = Array.from(actual.dataSync());
  expect(values).to.have.length(expected.length);
  values.forEach((value, i) => expect(value).to.be.closeTo(expected[i], tolerance));
}

export const isZero = (gradient: Float32Array): boolean => gradient.every(value => value === 0);
