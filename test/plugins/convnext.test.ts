import { type Encoder, parameterCount } from '@carl-ssl/core';
import plugin from '@carl-ssl/convnext';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { difference, make, noise, passOver, stream, weightsOf } from '../core/layers-support.js';
import { onCpuInScope } from '../cpu-scope.js';
import {
  countedMultiplyAdds,
  expectGradients,
  expectOwnFeatures,
  findingsOf,
  movedWeights,
  multiplyAdds,
} from './encoder-support.js';

const convnext = (options: object): Encoder => make<Encoder>(plugin, 'convnext', options);
const tiny = { depths: [1, 2, 1, 1], dims: [2, 3, 4, 6], patchSize: 1 };
const images = (...shape: [number, number, number, number]): Tensor4D => noise('images', shape) as Tensor4D;

describe('convnext: known networks', () => {
  onCpuInScope();

  // torchvision's counts without the last linear layer; timm's, in millions with it, below tiny.
  const parameters = { tiny: 27_820_128, small: 49_454_688, base: 87_566_464, large: 196_230_336 };
  for (const [size, expected] of Object.entries(parameters))
    it(`has torchvision's number of parameters as ${size}`, () => {
      expect(parameterCount(convnext({ size }), [224, 224, 3])).to.equal(expected);
    });

  const small = { atto: 3.7, femto: 5.22, pico: 9.05, nano: 15.59 };
  for (const [size, millions] of Object.entries(small))
    it(`has timm's number of parameters as ${size}`, () => {
      const encoder = convnext({ size });
      const classifier = encoder.featureDim * 1000 + 1000;
      expect((parameterCount(encoder, [224, 224, 3]) + classifier) / 1e6).to.be.closeTo(millions, 0.006);
    });

  it("takes torchvision's 4.456 billion multiply-adds as tiny", () => {
    const classifier = 768_000;
    expect((multiplyAdds(convnext({ size: 'tiny' }), [224, 224, 3]) + classifier) / 1e9).to.be.closeTo(4.456, 0.001);
  });
});

describe('convnext: weights', () => {
  onCpuInScope();

  it("have torchvision's names in its order", () => {
    const both = (name: string): string[] => [`${name}.weight`, `${name}.bias`];
    const block = (name: string): string[] => [
      `${name}.layer_scale`,
      ...[0, 2, 3, 5].flatMap(place => both(`${name}.block.${place}`)),
    ];
    const expected = [
      ...both('features.0.0'),
      ...both('features.0.1'),
      ...block('features.1.0'),
      ...both('features.2.0'),
      ...both('features.2.1'),
      ...block('features.3.0'),
      ...block('features.3.1'),
      ...both('features.4.0'),
      ...both('features.4.1'),
      ...block('features.5.0'),
      ...both('features.6.0'),
      ...both('features.6.1'),
      ...block('features.7.0'),
      ...both('classifier.0'),
    ];
    const names = convnext(tiny)
      .weights([32, 32, 3])
      .map(({ name }) => name);
    expect(names).to.deep.equal(expected);
  });

  it('take the channels from the images; filters are of one channel each', () => {
    const specs = convnext({ ...tiny, patchSize: 2 }).weights([32, 32, 5]);
    const shape = (name: string): readonly number[] => specs.find(spec => spec.name === name)!.shape;
    expect(shape('features.0.0.weight')).to.deep.equal([2, 2, 5, 2]);
    expect(shape('features.3.0.block.0.weight')).to.deep.equal([7, 7, 1, 3]);
    expect(shape('features.3.0.layer_scale')).to.deep.equal([3, 1, 1]);
  });

  it('start every branch as small as layerScale', () => {
    const moved = (layerScale: number): number => {
      const encoder = convnext({ ...tiny, layerScale });
      const weights = weightsOf(encoder.weights([16, 16, 3]));
      const without = Object.fromEntries(
        Object.entries(weights).map(([name, value]) => [
          name,
          name.endsWith('layer_scale') ? tf.zerosLike(value) : value,
        ]),
      );
      const forward = (given: Record<string, Tensor>) =>
        encoder.forward(images(2, 16, 16, 3), passOver(given, { training: true }));
      return difference(forward(weights), forward(without));
    };
    expect(moved(0)).to.equal(0);
    expect(moved(1e-6)).to.be.below(1e-4);
    expect(moved(1)).to.be.above(1e-2);
  });
});

describe('convnext: forward pass', () => {
  onCpuInScope();

  const encoder = convnext(tiny);

  it('gives images features of their own in evaluation', () => {
    expectOwnFeatures(encoder, images(3, 16, 16, 3));
    expectOwnFeatures(encoder, images(3, 9, 14, 1));
  });

  it('gives the mean over the pixels of each stage', () => {
    const pass = passOver(movedWeights(encoder, [16, 16, 3]), { training: false });
    expect(encoder.layers!.map(({ name }) => name)).to.deep.equal(['stem', 'stage1', 'stage2', 'stage3', 'stage4']);
    for (const { name, dim } of encoder.layers!)
      expect(encoder.layer!(name, images(2, 16, 16, 3), pass).shape, name).to.deep.equal([2, dim]);
  });

  it('has the gradients of its definition', () => {
    const names = [
      'features.0.0.weight',
      'features.1.0.layer_scale',
      'features.3.1.block.5.weight',
      'features.6.1.bias',
    ];
    expectGradients(convnext({ ...tiny, dims: [4, 4, 5, 6], layerScale: 1 }), images(2, 8, 8, 3), {
      of: [...names, 'classifier.0.weight'],
      step: 2e-3,
    });
  });

  it('leaves branches out only where the pass draws at random', () => {
    const dropping = convnext({ ...tiny, stochasticDepth: 0.9 });
    const weights = movedWeights(dropping, [16, 16, 3]);
    const forward = (given: object): Tensor =>
      dropping.forward(images(4, 16, 16, 3), { ...passOver(weights, { training: true }), ...given });
    expect(difference(forward({ random: stream('drop') }), forward({}))).to.be.above(1e-3);
    expect(difference(forward({ random: stream('drop'), training: false }), forward({}))).to.equal(0);
  });

  for (const patchSize of [1, 2])
    it(`costs what its products with patches of ${patchSize} count to`, async () => {
      const network = convnext({ ...tiny, patchSize });
      const shape = [21, 30, 2] as const;
      expect(multiplyAdds(network, shape)).to.equal(await countedMultiplyAdds(network, shape));
      const stages = network.cost(shape).map(({ stage }) => stage);
      expect(stages).to.deep.equal(['stem', 'stage1', 'stage2', 'stage3', 'stage4', 'pool']);
    });

  it('takes images of its minimum size', () => {
    const pass = passOver(weightsOf(encoder.weights([8, 8, 3])), { training: false });
    expect(encoder.minimumSize).to.equal(8);
    expect(encoder.forward(images(2, 8, 8, 3), pass).shape).to.deep.equal([2, 6]);
  });
});

describe('convnext: what it says of a pipeline', () => {
  onCpuInScope();

  const wrong: [string, object, RegExp][] = [
    ['nothing', {}, /give `size: atto`/],
    ['both', { size: 'tiny', dims: [1, 2, 3, 4] }, /`size: tiny` already.*take out `size`, or `dims`/],
    ['depths alone', { depths: [1, 1, 1, 1] }, /Only `depths` is given/],
  ];
  for (const [name, options, message] of wrong)
    it(`refuses ${name}`, () => {
      const [finding] = findingsOf(plugin, 'convnext', options, 224);
      expect(finding).to.include({ severity: 'error', code: 'CONVNEXT_LAYOUT' });
      expect(finding.message).to.match(message);
      expect(() => convnext(options)).to.throw(message);
    });

  it('warns of views that end as a single pixel and refuses smaller ones', () => {
    const said = (patchSize: number, side: number): string[] =>
      findingsOf(plugin, 'convnext', { size: 'atto', patchSize }, 224, side).map(
        ({ severity, code }) => `${severity} ${code}`,
      );
    expect(said(4, 64)).to.deep.equal([]);
    expect(said(4, 63)).to.deep.equal(['warning CONVNEXT_STEM_COARSE']);
    expect(said(4, 31)).to.deep.equal(['error CONVNEXT_VIEW_SIZE']);
    expect(said(2, 32)).to.deep.equal([]);
  });
});
