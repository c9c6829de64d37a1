import {
  batchNorm,
  CarlError,
  conv,
  globalMeanPool,
  kaimingNormalFanOut,
  linear,
  maxPool,
  normal,
  normalizeRows,
  relu,
  sequence,
  uniformFanIn,
  weightNormLinear,
  type Initializer,
  type Layer,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { expect } from 'chai';
import { difference, noise, passOver, sideBySide, slopes, stream, weightsOf } from './layers-support.js';

const dot = (a: Tensor, b: Tensor): tf.Scalar => tf.sum(tf.mul(a, b));

before(() => tf.setBackend('cpu'));
beforeEach(() => {
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
});

describe('batch normalisation', () => {
  const layer = batchNorm<Tensor4D>('bn', 3);
  const scaled = (): Record<string, Tensor> => ({
    ...weightsOf(layer.weights),
    'bn.weight': tf.tensor1d([1.5, -0.5, 2]),
    'bn.bias': tf.tensor1d([0.1, -0.2, 0.3]),
  });

  it('has the gradient that differences show, for images and rows', () => {
    for (const shape of [
      [2, 2, 3, 3],
      [7, 3],
    ]) {
      const [x, along] = [noise('x', shape), noise('dy', shape)];
      const loss = (input: Tensor): tf.Scalar =>
        dot(layer.forward(input as Tensor4D, passOver(scaled(), { training: true })), along);
      expect(difference(tf.grad(loss)(x), slopes(loss, x))).to.be.below(2e-3);
    }
  });

  it('moves running statistics by a tenth towards mean and unbiased variance', () => {
    const pass = passOver(weightsOf(layer.weights), { training: true });
    layer.forward(tf.tensor4d([1, 0, 0, 3, 0, 0, 5, 0, 0], [3, 1, 1, 3]), pass);
    expect(pass.updates['bn.running_mean'].dataSync()[0]).to.be.closeTo(0.3, 1e-6);
    expect(pass.updates['bn.running_var'].dataSync()[0]).to.be.closeTo(0.9 * 1 + 0.1 * 4, 1e-6);
  });

  it('moves them twice when it runs twice in one step', () => {
    const pass = passOver(weightsOf(layer.weights), { training: true });
    const batch = tf.tensor4d([1, 0, 0, 3, 0, 0], [2, 1, 1, 3]);
    layer.forward(batch, pass);
    layer.forward(batch, pass);
    expect(pass.updates['bn.running_mean'].dataSync()[0]).to.be.closeTo(0.2 * 0.9 + 0.2, 1e-6);
  });

  it('gives each image its own result in evaluation, and records nothing', () => {
    const batch = noise('batch', [4, 2, 2, 3]) as Tensor4D;
    const weights = {
      ...scaled(),
      'bn.running_mean': tf.tensor1d([1, 2, 3]),
      'bn.running_var': tf.tensor1d([4, 1, 9]),
    };
    const pass = passOver(weights, { training: false });
    const whole = layer.forward(batch, pass);
    const single = layer.forward(tf.slice(batch, 2, 1), pass);
    expect(difference(single, tf.slice(whole, 2, 1))).to.equal(0);
    expect(whole.dataSync()[1]).to.be.closeTo(((batch.dataSync()[1] - 2) / Math.sqrt(1 + 1e-5)) * -0.5 - 0.2, 1e-5);
    expect(pass.updates).to.deep.equal({});
  });

  it('has only running statistics without scale and offset', () => {
    const plain = batchNorm<Tensor2D>('n', 4, { affine: false });
    expect(plain.weights.map(({ name }) => name)).to.deep.equal(['n.running_mean', 'n.running_var']);
    expect(plain.weights.some(({ trainable }) => trainable)).to.equal(false);
    const output = plain.forward(
      noise('rows', [50, 4]) as Tensor2D,
      passOver(weightsOf(plain.weights), { training: true }),
    );
    const { mean, variance } = tf.moments(output, 0);
    for (const value of mean.dataSync()) expect(value).to.be.closeTo(0, 1e-5);
    for (const value of variance.dataSync()) expect(value).to.be.closeTo(1, 1e-3);
  });

  it('refuses a batch with one value per channel', () => {
    const run = (): Tensor4D =>
      layer.forward(tf.zeros([1, 1, 1, 3]), passOver(weightsOf(layer.weights), { training: true }));
    expect(run).to.throw(CarlError, /`bn`.*single value per channel.*\[1, 1, 1, 3\]/);
  });

  it('gives two workers the values, statistics and gradients of one batch', () => {
    const batch = tf.add<Tensor4D>(tf.mul(noise('halves', [6, 2, 2, 3]), 2), 1);
    const along = noise('along', [6, 2, 2, 3]);
    const whole = passOver(scaled(), { training: true });
    const passes: ReturnType<typeof passOver>[] = [];
    const halves = (input: Tensor): Tensor =>
      tf.concat(
        sideBySide(
          tf.split(input, 2).map(half => collective => {
            const pass = passOver(scaled(), { training: true, collective });
            passes.push(pass);
            return layer.forward(half as Tensor4D, pass);
          }),
          2,
        ),
      );
    expect(difference(halves(batch), layer.forward(batch, whole))).to.be.below(1e-5);
    for (const name of ['bn.running_mean', 'bn.running_var']) {
      for (const pass of passes.slice(-2))
        expect(difference(pass.updates[name], whole.updates[name])).to.be.below(1e-6);
    }
    const one = tf.grad(x => dot(layer.forward(x as Tensor4D, passOver(scaled(), { training: true })), along))(batch);
    const two = tf.grad(x => dot(halves(x), along))(batch);
    expect(difference(two, one)).to.be.below(1e-4);
  });
});

describe('rows of unit length', () => {
  it('have the gradient that differences show', () => {
    const [x, along] = [noise('rows', [4, 5]), noise('along', [4, 5])];
    const loss = (rows: Tensor): tf.Scalar => dot(normalizeRows(rows), along);
    expect(difference(tf.grad(loss)(x), slopes(loss, x))).to.be.below(2e-3);
    for (const length of tf.norm(normalizeRows(x), 2, 1).dataSync()) expect(length).to.be.closeTo(1, 1e-6);
  });

  it('leave zero rows at zero, with the gradient of a division by 1e-12', () => {
    const x = tf.tensor2d([0, 0, 3, 4], [2, 2]);
    const along = tf.tensor2d([1, -2, 1, 1], [2, 2]);
    const gradient = tf
      .grad(rows => dot(normalizeRows(rows), along))(x)
      .dataSync();
    expect(gradient[0] / 1e12).to.be.closeTo(1, 1e-6);
    expect(gradient[1] / 1e12).to.be.closeTo(-2, 1e-6);
    expect(gradient[2]).to.be.closeTo((1 - 0.6 * 1.4) / 5, 1e-6);
    expect([...normalizeRows(x).dataSync()].map(value => value.toFixed(6))).to.deep.equal(
      [0, 0, 0.6, 0.8].map(value => value.toFixed(6)),
    );
  });

  it('divide shorter rows by 1e-12', () => {
    const y = normalizeRows(tf.tensor2d([3e-13, 0], [1, 2])).dataSync();
    expect(y[0]).to.be.closeTo(0.3, 1e-6);
  });
});

describe('weight normalisation', () => {
  const layer = weightNormLinear('last', { inputs: 4, outputs: 3, learnNorm: true });
  const input = (): Tensor2D => noise('input', [5, 4]) as Tensor2D;

  it('depends on the direction of weight_v alone', () => {
    const weights = weightsOf(layer.weights);
    const longer = { ...weights, 'last.weight_v': tf.mul(weights['last.weight_v'], 7) };
    const pass = (of: Record<string, Tensor>): Tensor => layer.forward(input(), passOver(of, { training: false }));
    expect(difference(pass(longer), pass(weights))).to.be.below(1e-6);
    const twice = { ...weights, 'last.weight_g': tf.fill([3, 1], 2) };
    expect(difference(pass(twice), tf.mul(pass(weights), 2))).to.be.below(1e-6);
  });

  it('has the gradients that differences show, across weight_v', () => {
    const weights = weightsOf(layer.weights);
    const along = noise('along', [5, 3]);
    for (const name of ['last.weight_g', 'last.weight_v']) {
      const loss = (w: Tensor): tf.Scalar =>
        dot(layer.forward(input(), passOver({ ...weights, [name]: w }, { training: true })), along);
      const gradient = tf.grad(loss)(weights[name]);
      expect(difference(gradient, slopes(loss, weights[name], 1e-3))).to.be.below(5e-3);
      if (name !== 'last.weight_v') continue;
      for (const radial of tf.sum(tf.mul(gradient, weights[name]), 1).dataSync()) expect(radial).to.be.closeTo(0, 1e-4);
    }
  });

  it('trains the lengths only if asked to', () => {
    const fixed = weightNormLinear('last', { inputs: 4, outputs: 3, learnNorm: false });
    expect(fixed.weights.map(({ trainable }) => trainable)).to.deep.equal([false, true]);
  });
});

describe('pooling', () => {
  it('takes maxima as if the border were -infinity', () => {
    const image = tf.neg(tf.range(1, 17)).reshape<Tensor4D>([1, 4, 4, 1]);
    const layer = maxPool(3, 2);
    const output = layer.forward(image, passOver({}, { training: true }));
    expect([...output.dataSync()]).to.deep.equal([-1, -2, -5, -6]);
    expect(layer.cost([4, 4, 1]).shape).to.deep.equal([2, 2, 1]);
  });

  it('gives the gradient to the pixel that was largest', () => {
    const image = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const forward = (x: Tensor): Tensor =>
      tf.sum(maxPool(3, 2).forward(x as Tensor4D, passOver({}, { training: true })));
    expect([...tf.grad(forward)(image).dataSync()]).to.deep.equal([0, 0, 0, 1]);
  });

  it('means over all pixels', () => {
    const image = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2]);
    expect([...globalMeanPool(image).dataSync()]).to.deep.equal([2.5, 25]);
  });
});

describe('initial values', () => {
  const moments = (initialize: Initializer, shape: number[]): { mean: number; deviation: number; largest: number } => {
    const values = initialize(stream(`initial ${shape.join()}`), shape);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(square), largest: values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) };
  };

  it('of convolutions are normal with sqrt(2 / fan-out)', () => {
    const { mean, deviation } = moments(kaimingNormalFanOut, [3, 3, 40, 64]);
    const expected = Math.sqrt(2 / (9 * 64));
    expect(mean).to.be.closeTo(0, expected * 0.03);
    expect(deviation).to.be.closeTo(expected, expected * 0.03);
  });

  it('of linear layers are uniform within 1 / sqrt(inputs)', () => {
    const { mean, deviation, largest } = moments(uniformFanIn(100), [200, 100]);
    expect(largest).to.be.within(0.0999, 0.1);
    expect(mean).to.be.closeTo(0, 0.002);
    expect(deviation).to.be.closeTo(0.1 / Math.sqrt(3), 0.001);
  });

  it('of given deviation have it', () => {
    expect(moments(normal(0.02), [100, 200]).deviation).to.be.closeTo(0.02, 0.0005);
  });

  it('leave biases at zero beside a given start, and uniform without one', () => {
    const start = (layer: Layer<Tensor2D>): number => weightsOf(layer.weights)['fc.bias'].abs().max().dataSync()[0];
    expect(start(linear('fc', { inputs: 9, outputs: 50, initialize: normal(0.02) }))).to.equal(0);
    expect(start(linear('fc', { inputs: 9, outputs: 50 }))).to.be.within(0.25, 1 / 3);
  });
});

describe('a sequence of layers', () => {
  const layers = sequence<Tensor4D>([
    conv('a', { inputs: 2, outputs: 3, size: 3, stride: 2 }),
    batchNorm('b', 3),
    relu(),
    conv('c', { inputs: 3, outputs: 4, size: 1 }),
  ]);

  it('leaves nothing but its result and what it recorded', () => {
    const weights = weightsOf(layers.weights);
    const image = noise('image', [2, 7, 7, 2]) as Tensor4D;
    for (const training of [false, true]) {
      const before = tf.memory().numTensors;
      const pass = passOver(weights, { training });
      const output = layers.forward(image, pass);
      expect(tf.memory().numTensors - before).to.equal(training ? 3 : 1);
      expect(output.shape).to.deep.equal([2, 4, 4, 4]);
      tf.dispose([output, pass.updates]);
    }
  });

  it('adds up costs along the shapes', () => {
    expect(layers.cost([7, 7, 2])).to.deep.equal({
      shape: [4, 4, 4],
      multiplyAdds: 16 * 3 * 9 * 2 + 16 * 4 * 3,
      activations: 16 * 3 + 16 * 3 + 16 * 4,
    });
  });

  it('names weights as torch does, in its order', () => {
    expect(layers.weights.map(({ name }) => name)).to.deep.equal([
      'a.weight',
      'b.weight',
      'b.bias',
      'b.running_mean',
      'b.running_var',
      'c.weight',
    ]);
  });
});
