import { type Head, parameterCount } from '@carl-ssl/core';
import plugin from '@carl-ssl/heads';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { difference, make, noise, passOver, weightsOf } from '../core/layers-support.js';
import { onCpuInScope } from '../cpu-scope.js';

const head = (use: string, options: object): Head => make<Head>(plugin, use, options);
const names = (of: Head, inputDim: number): string[] => of.weights([inputDim]).map(({ name }) => name);
const small = { hiddenDim: 10, bottleneckDim: 6, prototypes: 12 };

describe('mlp-head', () => {
  onCpuInScope();

  const two = { layers: [{ units: 8, bias: false, norm: 'batch', activation: 'gelu' }, { units: 5 }] };

  it('is one linear layer with a bias by default', () => {
    expect(names(head('mlp-head', { layers: [{ units: 4 }] }), 7)).to.deep.equal(['layers.0.weight', 'layers.0.bias']);
  });

  it('counts layers, normalisations and activations in its names', () => {
    expect(names(head('mlp-head', two), 7).filter(name => name.endsWith('weight'))).to.deep.equal([
      'layers.0.weight',
      'layers.1.weight',
      'layers.3.weight',
    ]);
  });

  it('takes the width of its input from what it is given', () => {
    const made = head('mlp-head', two);
    expect(made.outputDim(7)).to.equal(5);
    for (const width of [3, 7]) {
      const pass = passOver(weightsOf(made.weights([width])), { training: true });
      expect(made.forward(noise('rows', [4, width]) as Tensor2D, pass).shape).to.deep.equal([4, 5]);
    }
  });

  it('costs the products of its widths', () => {
    const costs = head('mlp-head', two).cost(7);
    expect(costs.map(({ stage, shape, multiplyAdds }) => [stage, shape[0], multiplyAdds])).to.deep.equal([
      ['layers.0', 8, 56],
      ['layers.3', 5, 40],
    ]);
    expect(parameterCount(head('mlp-head', two), [7])).to.equal(56 + 16 + 45);
  });

  it('has its last normalisation before no activation', () => {
    const made = head('mlp-head', { layers: [{ units: 3, norm: 'batch-plain' }] });
    const pass = passOver(weightsOf(made.weights([4])), { training: true });
    const output = made.forward(noise('rows', [40, 4]) as Tensor2D, pass);
    for (const mean of tf.mean(output, 0).dataSync()) expect(mean).to.be.closeTo(0, 1e-5);
  });
});

describe('heads with prototypes', () => {
  onCpuInScope();

  it('start as their originals', () => {
    for (const [use, prefix] of [
      ['carp-head', 'mlp'],
      ['dino-head', 'layers'],
    ]) {
      const weights = weightsOf(head(use, { ...small, hiddenDim: 200 }).weights([100]));
      const { mean, variance } = tf.moments(weights[`${prefix}.0.weight`]);
      expect(mean.dataSync()[0]).to.be.closeTo(0, 0.001);
      expect(Math.sqrt(variance.dataSync()[0])).to.be.closeTo(0.02, 0.001);
      expect(tf.max(tf.abs(weights[`${prefix}.0.bias`])).dataSync()[0]).to.equal(0);
      expect([...new Set(weights['last_layer.weight_g'].dataSync())]).to.deep.equal([1]);
    }
  });

  it('differ in the bias before batch normalisation', () => {
    const biases = (use: string): string[] =>
      names(head(use, { ...small, norm: 'batch' }), 5).filter(name => /^(mlp|layers)\.[036]\.bias$/.test(name));
    expect(biases('carp-head')).to.deep.equal(['mlp.0.bias', 'mlp.3.bias', 'mlp.6.bias']);
    expect(biases('dino-head')).to.deep.equal(['layers.6.bias']);
  });

  it('are the bottleneck and the prototypes at depth 1', () => {
    expect(names(head('dino-head', { ...small, depth: 1 }), 5)).to.deep.equal([
      'layers.0.weight',
      'layers.0.bias',
      'last_layer.weight_g',
      'last_layer.weight_v',
    ]);
  });

  it('train the lengths of prototypes only if asked to', () => {
    const trained = (learnNorm: boolean): boolean =>
      head('carp-head', { ...small, learnNorm })
        .weights([5])
        .find(({ name }) => name === 'last_layer.weight_g')!.trainable;
    expect([trained(false), trained(true)]).to.deep.equal([false, true]);
  });

  it('freeze their prototypes for the given number of steps', () => {
    const frozen = (frozenSteps: number, step: number): readonly string[] =>
      head('dino-head', { ...small, frozenSteps }).frozen!({ step, steps: 10 });
    const prototypes = ['last_layer.weight_g', 'last_layer.weight_v'];
    expect([0, 1, 2].map(step => frozen(2, step))).to.deep.equal([prototypes, prototypes, []]);
    expect(frozen(0, 0)).to.deep.equal([]);
  });

  it('give cosines in DINO, and scores in proportion to the bottleneck in CARP', () => {
    const scores = (use: string, scale: number): Tensor => {
      const made = head(use, { ...small, depth: 1 });
      const pass = passOver(weightsOf(made.weights([5])), { training: false });
      return made.forward(tf.mul<Tensor2D>(noise('rows', [9, 5]), scale), pass);
    };
    expect(difference(scores('dino-head', 3), scores('dino-head', 1))).to.be.below(1e-5);
    expect(tf.max(tf.abs(scores('dino-head', 1))).dataSync()[0]).to.be.within(0.3, 1);
    expect(difference(scores('carp-head', 3), tf.mul(scores('carp-head', 1), 3))).to.be.below(1e-5);
  });

  it('cost the products of their widths', () => {
    const total = head('dino-head', small)
      .cost(5)
      .reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
    expect(total).to.equal(5 * 10 + 10 * 10 + 10 * 6 + 6 * 12);
    expect(head('dino-head', small).outputDim(5)).to.equal(12);
  });

  it('have a finite gradient for a bottleneck of zeros', () => {
    const made = head('dino-head', { ...small, depth: 1 });
    const pass = passOver(weightsOf(made.weights([5])), { training: true });
    const gradient = tf.grad(x => tf.sum(made.forward(x as Tensor2D, pass)))(tf.zeros([2, 5]));
    expect([...gradient.dataSync()].every(Number.isFinite)).to.equal(true);
  });
});
