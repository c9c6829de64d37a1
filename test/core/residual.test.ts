import { dropRates, type Layer, type Pass, residual } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { difference, passOver, stream } from './layers-support.js';

const double: Layer<Tensor2D> = {
  weights: [],
  forward: x => tf.mul(x, 2),
  cost: shape => ({ shape, multiplyAdds: 0, activations: 0 }),
};

describe('residual branches', () => {
  const pass = (training: boolean): Pass => ({ ...passOver({}, { training }), random: stream('depth') });
  const ones = (): Tensor2D => tf.ones([4000, 3]);

  before(() => tf.setBackend('cpu'));

  it('are added in full in evaluation, without randomness, and at rate 0', () => {
    tf.tidy(() => {
      const whole = tf.mul(ones(), 3);
      expect(difference(residual(double, 0.4).forward(ones(), pass(false)), whole)).to.equal(0);
      expect(difference(residual(double, 0.4).forward(ones(), passOver({}, { training: true })), whole)).to.equal(0);
      expect(difference(residual(double, 0).forward(ones(), pass(true)), whole)).to.equal(0);
    });
  });

  it('are dropped for whole inputs at the given rate, and scaled otherwise so that the mean does not change', () => {
    tf.tidy(() => {
      const output = residual(double, 0.25).forward(ones(), pass(true));
      const rows = output.arraySync();
      const dropped = rows.filter(row => row.every(value => value === 1)).length;
      const kept = rows.filter(row => row.every(value => Math.abs(value - (1 + 2 / 0.75)) < 1e-6)).length;
      expect(dropped + kept).to.equal(4000);
      expect(dropped / 4000).to.be.closeTo(0.25, 0.03);
      expect(tf.mean(output).dataSync()[0]).to.be.closeTo(3, 0.1);
    });
  });

  it('pass no gradient to an input whose branch is dropped', () => {
    tf.tidy(() => {
      const forward = (x: Tensor2D): Tensor2D => residual(double, 0.5).forward(x, pass(true));
      const gradient = tf.grad(x => tf.sum(forward(x as Tensor2D)))(ones());
      expect(difference(gradient, forward(ones()))).to.be.below(1e-6);
    });
  });

  it('are dropped more often with depth', () => {
    expect(dropRates(0.3, 4).map(rate => Number(rate.toFixed(6)))).to.deep.equal([0, 0.1, 0.2, 0.3]);
    expect(dropRates(0.3, 1)).to.deep.equal([0.3]);
  });
});
