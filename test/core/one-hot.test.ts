import { oneHot } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpu } from '../e2e/tiny.js';

describe('one-hot rows', () => {
  before(onCpu);

  it('have any number of columns, also a single one', async () => {
    for (const [columns, expected] of [
      [1, [[1], [1]]],
      [2, [[1, 0], [1, 0]]], // prettier-ignore
    ] as const) {
      const rows = tf.tidy(() => oneHot(tf.zeros([2], 'int32'), columns));
      expect([rows.dtype, await rows.array()]).to.deep.equal(['float32', expected]);
      rows.dispose();
    }
  });
});
