import { type Objective } from '@carl-ssl/core';
import massl from '@carl-ssl/massl';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, lossAndGradients, noise, number, workbench } from './objective-support.js';

const bench = workbench(massl);
const objective = (options = {}): Objective => bench.make('objective', { use: 'massl', ...options });

describe('massl', () => {
  onCpuInScope();

  it('gives no gradient to memories outside of all blocks, and some to all others', () => {
    const [views, targets] = [
      ['a', 'b'],
      ['c', 'd'],
    ].map(names => names.map(name => noise(name, 3, 11)));
    const left = contextAt().random.permutation(11).slice(8);
    const { gradients } = lossAndGradients(
      views,
      () => objective({ blockSize: 4 }).compute(inputsOf(views, { targets }), contextAt()).loss,
    );
    for (const gradient of gradients)
      gradient.forEach((value, i) => expect(value === 0).to.equal(left.includes(i % 11)));
  });

  it('takes codes as the targets they are: with blocks of all memories, their cross-entropy', () => {
    const views = [noise('a', 3, 6), noise('b', 3, 6)];
    const codes = ['c', 'd'].map(name => tf.softmax(noise(name, 3, 6)));
    const { loss } = objective({ blockSize: 6, studentTemperature: 0.5 }).compute(
      inputsOf(views, { codes }),
      contextAt(),
    );
    const direct = [0, 1].map(i =>
      number(tf.mean(tf.neg(tf.sum(tf.mul(codes[i], tf.logSoftmax(tf.div(views[1 - i], 0.5))), 1)))),
    );
    expect(number(loss)).to.be.closeTo((direct[0] + direct[1]) / 2, 1e-5);
  });

  it('checks blocks and temperatures', () => {
    const codes = (options: object, facts = {}) =>
      bench
        .advice('objective', { use: 'massl', ...options }, { prototypeCount: 1024, ...facts })
        .map(({ code, path, severity }) => `${severity} ${code} ${path}`);
    expect(codes({})).to.deep.equal([]);
    expect(codes({ blockSize: 2048 })).to.deep.equal(['error MASSL_BLOCK_TOO_LARGE blockSize']);
    expect(codes({ teacherTemperature: { from: 0.04, to: 0.1 } })).to.deep.equal([
      'warning MASSL_TEACHER_NOT_SHARPER teacherTemperature',
    ]);
  });
});
