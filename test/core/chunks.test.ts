import { inChunks } from '@carl-ssl/core';
import { differentiate } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';

describe('rows that are computed in chunks', () => {
  before(() => tf.setBackend('cpu'));

  /** Values, gradients and the largest number of bytes of scores at once, with so many rows at once. */
  function measured(atOnce: number) {
    const a = tf.randomNormal<tf.Rank.R2>([10, 3], 0, 1, 'float32', 1);
    const b = tf.randomNormal<tf.Rank.R2>([7, 3], 0, 1, 'float32', 2);
    const sizes: number[] = [];
    const values = (): Tensor1D =>
      inChunks([a, b], { rows: 10, atOnce }, ([rows, all], { begin, end }) => {
        const scores = tf.matMul(tf.slice(rows, [begin, 0], [end - begin, -1]), all, false, true);
        sizes.push(scores.shape[0]);
        return tf.logSumExp<Tensor1D>(scores, 1);
      });
    const weights = tf.range(1, 11);
    const before = tf.memory().numTensors;
    const { value, gradients } = differentiate(() => tf.sum(tf.mul(values(), weights)), [a, b]);
    const kept = tf.memory().numTensors - before;
    const numbers = [value, ...gradients].map(tensor => [...tensor!.dataSync()]);
    tf.dispose([a, b, weights, value, ...(gradients as Tensor2D[])]);
    return { numbers, sizes, kept };
  }

  it('have the values and gradients of all rows at once, in smaller matrices, and leave no tensor behind', () => {
    const whole = measured(10);
    expect(whole.sizes).to.deep.equal([10]);
    for (const [atOnce, sizes] of [
      [4, [4, 4, 2]],
      [1, Array<number>(10).fill(1)],
    ] as const) {
      const parts = measured(atOnce);
      // Forward and backward.
      expect(parts.sizes).to.deep.equal([...sizes, ...sizes]);
      expect(parts.kept).to.equal(whole.kept).and.to.equal(3);
      parts.numbers.flat().forEach((value, i) => expect(value).to.be.closeTo(whole.numbers.flat()[i], 1e-5));
    }
  });
});
