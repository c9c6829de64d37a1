import { chunkRows, inRowChunks, softmax } from '@carl-ssl/core';
import {
  allocationTrace,
  differentiate,
  withBatchShare,
  withEarlyRelease,
  withTrialBatch,
} from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';

describe('rows of large matrices that are computed in chunks', () => {
  before(() => tf.setBackend('cpu'));

  const [ROWS, COLUMNS] = [50, 300];

  /** A loss over values and sum of rows, its gradients, the most bytes at a time, and the tensors left behind. */
  function measured(atOnce: number) {
    const made = [1, 2, 3].map(seed => tf.randomNormal<tf.Rank.R2>([ROWS, COLUMNS], 0, 1, 'float32', seed));
    const [a, b, target] = made;
    const shift = tf.randomNormal<tf.Rank.R1>([COLUMNS], 0, 1, 'float32', 4);
    const loss = (): Scalar => {
      const inputs = { rows: [a, b], constants: [target], shared: [shift] };
      const { values, sum } = inRowChunks(inputs, atOnce, ({ rows, constants, shared }) => {
        const [p, q, t] = [...rows, ...constants].map(x => softmax(tf.add<Tensor2D>(x, shared[0])));
        return {
          values: tf.sum<Tensor1D>(tf.mul(tf.mul(p, q), tf.add(t, 1)), 1),
          sum: tf.sum<Tensor1D>(tf.add(p, q), 0),
        };
      });
      return tf.add(tf.sum(tf.mul(values, tf.range(0, ROWS))), tf.sum(tf.square(sum)));
    };
    const before = tf.memory().numTensors;
    let numbers: number[][] = [];
    const trace = allocationTrace(() => {
      const { value, gradients } = withEarlyRelease(() => differentiate(loss, [a, b]));
      numbers = [value, ...gradients].map(tensor => [...tensor!.dataSync()]);
      tf.dispose([value, ...(gradients as Tensor2D[])]);
    });
    const left = tf.memory().numTensors - before;
    tf.dispose([...made, shift]);
    return { numbers, left, bytes: Math.max(...trace) };
  }

  it('have the values, sum and gradients of all rows at once in less memory, and leave no tensor behind', () => {
    const whole = measured(ROWS);
    for (const atOnce of [7, 1]) {
      const parts = measured(atOnce);
      expect([whole.left, parts.left]).to.deep.equal([0, 0]);
      expect(parts.bytes).to.be.below(whole.bytes / 2);
      const differences = parts.numbers.flatMap((numbers, i) => numbers.map((value, j) => value - whole.numbers[i][j]));
      expect(Math.max(...differences.map(Math.abs))).to.be.below(1e-3);
    }
  });

  it('are all rows of matrices of up to 64 MiB, and chunks of 16 MiB of larger ones', () => {
    expect(chunkRows(256, 2 ** 16)).to.equal(256);
    expect(chunkRows(257, 2 ** 16)).to.equal(64);
    expect(chunkRows(2, 2 ** 25)).to.equal(1);
    const inShare = (share: number, rows: number) => withBatchShare(share, () => chunkRows(rows, 2 ** 16));
    expect([inShare(1 / 8, 32), inShare(1 / 8, 33)]).to.deep.equal([32, 8]);
  });

  it('are as many chunks for any few images in place of a batch', () => {
    for (const columns of [2 ** 10, 2 ** 16, 50_000, 2 ** 20]) {
      const chunks = [16, 24, 32].map(images => {
        const trial = { images, batchSize: 2048, mostChunks: 8 };
        return images / withTrialBatch(trial, () => chunkRows(images, columns));
      });
      expect(chunks).to.deep.equal(Array(3).fill(columns === 2 ** 10 ? 1 : 8));
    }
  });
});
