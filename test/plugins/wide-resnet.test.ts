import { type Encoder, parameterCount } from '@carl-ssl/core';
import plugin from '@carl-ssl/resnet';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { difference, make, noise, passOver, weightsOf } from '../core/layers-support.js';
import { onCpuInScope } from '../cpu-scope.js';
import {
  countedMultiplyAdds,
  expectGradients,
  expectOwnFeatures,
  findingsOf,
  multiplyAdds,
} from './encoder-support.js';

const wide = (options: object): Encoder => make<Encoder>(plugin, 'wide-resnet', options);
const resnet = (options: object): Encoder => make<Encoder>(plugin, 'resnet', options);
const tiny = { depth: 16, widen: 2, width: 2 };
const images = (...shape: [number, number, number, number]): Tensor4D => noise('images', shape) as Tensor4D;

describe('wide-resnet: known networks', () => {
  onCpuInScope();

  // Counts of the paper's networks for ten classes, less the last linear layer.
  const networks: [number, number, number][] = [
    [28, 10, 36_479_194],
    [28, 2, 1_467_610],
    [16, 8, 10_961_370],
    [40, 2, 2_243_546],
  ];
  for (const [depth, widen, parameters] of networks)
    it(`has the number of parameters of WRN-${depth}-${widen}`, () => {
      const encoder = wide({ depth, widen });
      expect(parameterCount(encoder, [32, 32, 3])).to.equal(parameters - (encoder.featureDim * 10 + 10));
      expect(encoder.featureDim).to.equal(64 * widen);
    });

  it('is WRN-28-10 by default, of 5.24 billion multiply-adds', () => {
    expect(multiplyAdds(wide({}), [32, 32, 3]) / 1e9).to.be.closeTo(5.243, 0.001);
  });
});

describe('wide-resnet: weights', () => {
  onCpuInScope();

  it('have the names of the usual implementation, with a shortcut only where the width changes', () => {
    const norm = (name: string): string[] =>
      ['weight', 'bias', 'running_mean', 'running_var'].map(part => `${name}.${part}`);
    const block = (name: string): string[] => [
      ...norm(`${name}.bn1`),
      `${name}.conv1.weight`,
      ...norm(`${name}.bn2`),
      `${name}.conv2.weight`,
    ];
    const groups = [1, 2, 3].flatMap(group => [
      ...block(`block${group}.layer.0`),
      `block${group}.layer.0.convShortcut.weight`,
      ...block(`block${group}.layer.1`),
    ]);
    const names = wide(tiny)
      .weights([32, 32, 3])
      .map(({ name }) => name);
    expect(names).to.deep.equal(['conv1.weight', ...groups, ...norm('bn1')]);
  });

  it('need no shortcut in the first group if nothing is widened', () => {
    const names = wide({ ...tiny, widen: 1 })
      .weights([32, 32, 1])
      .map(({ name }) => name)
      .filter(name => name.includes('Shortcut'));
    expect(names).to.deep.equal(['block2.layer.0.convShortcut.weight', 'block3.layer.0.convShortcut.weight']);
  });
});

describe('wide-resnet: forward pass', () => {
  onCpuInScope();

  it('gives images features of their own in evaluation', () => {
    expectOwnFeatures(wide(tiny), images(3, 12, 12, 3));
    expectOwnFeatures(wide(tiny), images(3, 7, 10, 1));
  });

  it('shares what the first ReLU gives between both ways where the width changes', () => {
    const encoder = wide({ depth: 10, widen: 2, width: 2 });
    const weights = weightsOf(encoder.weights([8, 8, 3]));
    // Nothing passes the first ReLU of the last group, and its second convolution adds nothing: all features are equal.
    weights['block3.layer.0.bn1.bias'] = tf.fill([8], -100);
    weights['block3.layer.0.conv2.weight'] = tf.zeros([3, 3, 16, 16]);
    const features = encoder.forward(images(2, 8, 8, 3), passOver(weights, { training: false }));
    expect(difference(tf.slice(features, 0, 1), tf.zeros([1, 16]))).to.equal(0);
  });

  it('has the gradients of its definition', () => {
    const names = ['conv1.weight', 'block2.layer.0.convShortcut.weight', 'block2.layer.0.bn2.weight', 'bn1.bias'];
    const encoder = wide({ depth: 10, widen: 1, width: 2 });
    // Offsets that keep every ReLU from its kink, where central differences say nothing.
    const offsets = encoder.weights([8, 8, 1]).filter(({ name }) => /bn\d\.bias$/.test(name));
    const given = Object.fromEntries(offsets.map(({ name, shape }) => [name, tf.fill([...shape], 8)]));
    expectGradients(encoder, images(4, 8, 8, 1), { of: names, given });
  });

  it('costs what its convolutions count to', async () => {
    const shape = [21, 30, 2] as const;
    expect(multiplyAdds(wide(tiny), shape)).to.equal(await countedMultiplyAdds(wide(tiny), shape));
    const stages = wide(tiny).cost(shape);
    expect(stages.map(({ stage }) => stage)).to.deep.equal(['stem', 'block1', 'block2', 'block3', 'norm', 'pool']);
    expect(stages[3].shape).to.deep.equal([6, 8, 16]);
  });

  it('refuses depths that three equal groups cannot have', () => {
    expect(() => wide({ depth: 26 })).to.throw(/`depth: 26` is not 6 n \+ 4.*Take 22 or 28/);
    expect(findingsOf(plugin, 'wide-resnet', { depth: 26 }, 32)[0]).to.include({
      code: 'WIDE_RESNET_DEPTH',
      path: 'depth',
    });
    expect(findingsOf(plugin, 'wide-resnet', { depth: 22 }, 32)).to.deep.equal([]);
  });
});

describe('resnet with wide bottlenecks', () => {
  onCpuInScope();

  // torchvision's wide_resnet50_2 and wide_resnet101_2 without the last linear layer.
  const parameters = { 50: 66_834_240, 101: 124_837_696 };
  for (const [depth, expected] of Object.entries(parameters))
    it(`is torchvision's wide_resnet${depth}_2`, () => {
      const encoder = resnet({ depth: Number(depth), widen: 2 });
      expect(parameterCount(encoder, [224, 224, 3])).to.equal(expected);
      expect(encoder.featureDim).to.equal(2048);
    });

  it('widens the inside of bottlenecks only', () => {
    const specs = resnet({ depth: 50, widen: 2, width: 4 }).weights([64, 64, 3]);
    const shape = (name: string): readonly number[] => specs.find(spec => spec.name === name)!.shape;
    expect(shape('layer2.0.conv1.weight')).to.deep.equal([1, 1, 16, 16]);
    expect(shape('layer2.0.conv2.weight')).to.deep.equal([3, 3, 16, 16]);
    expect(shape('layer2.0.conv3.weight')).to.deep.equal([1, 1, 16, 32]);
    expect(shape('layer2.0.downsample.0.weight')).to.deep.equal([1, 1, 16, 32]);
  });

  it('is refused for basic blocks', () => {
    expect(() => resnet({ depth: 18, widen: 2 })).to.throw(/for bottlenecks.*`wide-resnet`/);
    const [finding] = findingsOf(plugin, 'resnet', { depth: 18, widen: 2 }, 224);
    expect(finding).to.include({ severity: 'error', code: 'RESNET_WIDEN', path: 'widen' });
  });
});
