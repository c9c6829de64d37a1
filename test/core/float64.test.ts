import { inFloat64 } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';

const narrow = Float32Array;

describe('float64', () => {
  before(() => tf.setBackend('cpu'));

  it('keeps digits that float32 would round, through operations and gradients', async () => {
    const [sum, slope] = await inFloat64(async () => {
      const [one, tiny] = [tf.scalar(1), tf.tensor1d(new Float32Array([1e-12]))];
      const added = tf.sub(tf.add(tiny, one), one);
      const gradient = tf.grad(x => tf.sum(tf.square(tf.add(x, one))))(tiny);
      return [(await added.data())[0], (await gradient.data())[0]];
    });
    expect(sum).to.be.closeTo(1e-12, 1e-15);
    expect(slope - 2).to.be.closeTo(2e-12, 1e-15);
    expect(tf.sub(tf.add(1e-12, 1), 1).dataSync()[0]).to.equal(0);
  });

  it('reads tensors and arrays made before it', async () => {
    const before = tf.tensor1d(narrow.from([0.1, 0.2]));
    const twice = await inFloat64(() => tf.add(before, tf.tensor1d(narrow.from([0.1, 0.2]))).data());
    expect([...twice]).to.deep.equal([2 * Math.fround(0.1), 2 * Math.fround(0.2)]);
  });

  it('ends with the work, also if the work fails', async () => {
    const failed = await inFloat64(() => Promise.reject(new Error('of the work'))).catch((error: unknown) => error);
    expect(failed).to.have.property('message', 'of the work');
    expect(Float32Array).to.equal(narrow);
    expect(tf.util.isTypedArray(new Float64Array(1))).to.equal(false);
  });
});
