import type { HostExchange } from '@carl-ssl/core';
import { GradientExchange } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';

/** An exchange with a worker whose gradients are 0. */
function half(log: string[]): HostExchange {
  const started: Float32Array[] = [];
  return {
    overlaps: true,
    mean: () => expect.fail('blocks'),
    all: () => expect.fail('blocks'),
    startMean: values => {
      log.push(`start ${values.length}`);
      started.push(values);
    },
    finishMeans: () => {
      log.push('finish');
      for (const values of started) for (let i = 0; i < values.length; i++) values[i] /= 2;
    },
  };
}

describe('an exchange of gradients', () => {
  onCpuInScope();

  it('starts with each gradient, takes it over, and gives the means at the end', () => {
    const log: string[] = [];
    const exchange = new GradientExchange(half(log));
    const [a, b, c] = [tf.zeros([2, 1]), tf.zeros([]), tf.zeros([1])];
    const gradients = [tf.tensor2d([[2], [4]]), tf.scalar(6)];
    exchange.start(a, gradients[0]);
    exchange.start(b, gradients[1]);
    expect(gradients.every(({ isDisposed }) => isDisposed)).to.equal(true);
    expect([a, b, c].map(weight => exchange.has(weight))).to.deep.equal([true, true, false]);
    expect(log).to.deep.equal(['start 2', 'start 1']);
    const means = exchange.finish();
    expect(log).to.deep.equal(['start 2', 'start 1', 'finish']);
    expect([...means.keys()]).to.deep.equal([a, b]);
    expect([means.get(a)!.arraySync(), means.get(b)!.arraySync()]).to.deep.equal([[[1], [2]], 3]);
  });

  it('leaves a tensor with the same data as it is', () => {
    const exchange = new GradientExchange(half([]));
    const [weight, dy] = [tf.zeros([2]), tf.tensor1d([2, 4])];
    exchange.start(weight, tf.clone(dy));
    const means = exchange.finish();
    expect([[...dy.dataSync()], [...means.get(weight)!.dataSync()]]).to.deep.equal([
      [2, 4],
      [1, 2],
    ]);
  });
});
