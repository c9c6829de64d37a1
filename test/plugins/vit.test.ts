import { type Encoder, parameterCount } from '@carl-ssl/core';
import plugin from '@carl-ssl/vit';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { interpolatePositions, resampling } from '@carl-ssl/vit';
import { componentOf, difference, make, noise, passOver, stream, weightsOf } from '../core/layers-support.js';
import { onCpuInScope } from '../cpu-scope.js';
import {
  countedMultiplyAdds,
  expectGradients,
  expectOwnFeatures,
  findingsOf,
  movedWeights,
  multiplyAdds,
} from './encoder-support.js';

const vit = (options: object): Encoder => make<Encoder>(plugin, 'vit', options);
const tiny = { imageSize: 16, patchSize: 4, layers: 2, heads: 2, dim: 8, mlpDim: 12 };
const images = (...shape: [number, number, number, number]): Tensor4D => noise('images', shape) as Tensor4D;

describe('vit: known networks', () => {
  onCpuInScope();

  // torchvision's counts without the heads; DINO's for ViT-S.
  const networks: [string, object, number][] = [
    ['ViT-S/16, the default', {}, 21_665_664],
    ['ViT-B/16', { heads: 12, dim: 768 }, 85_798_656],
    ['ViT-B/32', { heads: 12, dim: 768, patchSize: 32 }, 87_455_232],
    ['ViT-L/16', { layers: 24, heads: 16, dim: 1024 }, 303_301_632],
  ];
  for (const [name, options, expected] of networks)
    it(`has the number of parameters of ${name}`, () => {
      expect(parameterCount(vit(options), [224, 224, 3])).to.equal(expected);
    });

  it("takes torchvision's 17.56 billion multiply-adds as ViT-B/16", () => {
    expect(multiplyAdds(vit({ heads: 12, dim: 768 }), [224, 224, 3]) / 1e9).to.be.closeTo(17.564, 0.001);
  });
});

describe('vit: layers', () => {
  onCpuInScope();

  const encoder = vit({ ...tiny, layers: 5 });

  it('are the class token and the mean of the patches of each block, and the class tokens of the last four', () => {
    const names = encoder.layers!.map(({ name, dim }) => `${name} ${dim}`);
    expect(names.slice(-3)).to.deep.equal(['block5 8', 'block5-mean 8', 'last4 32']);
    expect(vit(tiny).layers!.map(({ name }) => name)).to.deep.equal(['block1', 'block1-mean', 'block2', 'block2-mean']);
  });

  it('agree with features and patch tokens of the encoder', () => {
    const batch = images(2, 16, 16, 3);
    const pass = passOver(movedWeights(encoder, [16, 16, 3]), { training: false });
    const at = (name: string): Tensor2D => encoder.layer!(name, batch, pass);
    expect(difference(at('block5'), encoder.forward(batch, pass))).to.be.below(1e-6);
    const { patches } = encoder.tokens!(batch, pass);
    expect(difference(at('block5-mean'), tf.mean(patches, 1))).to.be.below(1e-6);
    const joined = [2, 3, 4, 5].map(number => at(`block${number}`));
    expect(difference(at('last4'), tf.concat(joined, 1))).to.be.below(1e-6);
    const three = vit({ ...tiny, layers: 3 });
    expect(difference(at('block3'), three.forward(batch, pass))).to.be.below(1e-6);
  });
});

describe('vit: weights', () => {
  onCpuInScope();

  it("have torchvision's names in its order", () => {
    const layer = (index: number): string[] => {
      const both = (name: string): string[] => [`${name}.weight`, `${name}.bias`];
      const parts = [
        ...both('ln_1'),
        ...['in_proj_weight', 'in_proj_bias', 'out_proj.weight', 'out_proj.bias'].map(part => `self_attention.${part}`),
        ...['ln_2', 'mlp.0', 'mlp.3'].flatMap(both),
      ];
      return parts.map(part => `encoder.layers.encoder_layer_${index}.${part}`);
    };
    const first = ['class_token', 'conv_proj.weight', 'conv_proj.bias', 'encoder.pos_embedding'];
    const names = vit(tiny)
      .weights([16, 16, 3])
      .map(({ name }) => name);
    expect(names).to.deep.equal([...first, ...layer(0), ...layer(1), 'encoder.ln.weight', 'encoder.ln.bias']);
  });

  it('take the channels from the images and the positions from imageSize alone', () => {
    const specs = vit(tiny).weights([8, 24, 2]);
    const shape = (name: string): readonly number[] => specs.find(spec => spec.name === name)!.shape;
    expect(shape('conv_proj.weight')).to.deep.equal([4, 4, 2, 8]);
    expect(shape('encoder.pos_embedding')).to.deep.equal([1, 17, 8]);
  });

  it("start as torchvision's", () => {
    const specs = vit({ layers: 1, heads: 4, dim: 64 }).weights([224, 224, 3]);
    const deviation = (name: string): number => {
      const { initialize, shape } = specs.find(spec => spec.name.endsWith(name))!;
      const values = initialize(stream(name), shape);
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    expect(deviation('class_token')).to.equal(0);
    expect(deviation('conv_proj.weight')).to.be.closeTo(1 / Math.sqrt(768), 1e-3);
    expect(deviation('pos_embedding')).to.be.closeTo(0.02, 1e-3);
    expect(deviation('in_proj_weight')).to.be.closeTo(Math.sqrt(2 / 256), 1e-3);
    expect(deviation('in_proj_bias')).to.equal(0);
    expect(deviation('out_proj.weight')).to.be.closeTo(1 / Math.sqrt(3 * 64), 2e-3);
    expect(deviation('mlp.0.weight')).to.be.closeTo(Math.sqrt(2 / 320), 1e-3);
    expect(deviation('mlp.3.bias')).to.be.closeTo(1e-6, 5e-7);
  });
});

describe('vit: position embeddings', () => {
  onCpuInScope();

  it("are weighed as torch's bicubic interpolation weighs them", () => {
    const [outer, inner] = [1.10546875, -0.10546875];
    const [near, far] = [0.87890625 - 0.10546875, 0.26171875 - 0.03515625];
    expect(resampling(2, 4).map(row => [...row])).to.deep.equal([
      [outer, inner],
      [near, far],
      [far, near],
      [inner, outer],
    ]);
    for (const row of resampling(14, 6)) expect(row.reduce((sum, weight) => sum + weight, 0)).to.be.closeTo(1, 1e-12);
  });

  it('keep rows rows and columns columns', () => {
    const rows: Tensor2D = tf.tensor2d([0, 0, 0, 1, 1, 1, 2, 2, 2], [9, 1]);
    const wide = interpolatePositions(rows, 3, [3, 5]);
    expect(wide.shape).to.deep.equal([15, 1]);
    expect(difference(wide, tf.reshape(tf.tile(tf.tensor2d([[0], [1], [2]]), [1, 5]), [15, 1]))).to.be.below(1e-6);
  });

  it('are the same for views of imageSize with interpolation and without', () => {
    const given = vit({ ...tiny, interpolatePositions: false });
    const pass = passOver(movedWeights(given, [16, 16, 3]), { training: false });
    const [fixed, free] = [given, vit(tiny)].map(encoder => encoder.forward(images(2, 16, 16, 3), pass));
    expect(difference(free, fixed)).to.equal(0);
  });

  it('have the gradients of their interpolation', () => {
    const small = { ...tiny, imageSize: 4, patchSize: 2, layers: 1, dim: 4 };
    expectGradients(vit(small), images(2, 6, 2, 1), { of: ['encoder.pos_embedding', 'class_token', 'conv_proj.bias'] });
  });
});

describe('vit: forward pass', () => {
  onCpuInScope();

  const encoder = vit(tiny);

  it('gives images features of their own in evaluation', () => {
    expectOwnFeatures(encoder, images(3, 16, 16, 3));
    expectOwnFeatures(encoder, images(3, 8, 12, 1));
  });

  it('gives the tokens of the patches, and the feature that it gives by itself', () => {
    const batch = images(2, 8, 12, 3);
    const pass = passOver(movedWeights(encoder, [8, 12, 3]), { training: false });
    const { feature, patches, grid } = encoder.tokens!(batch, pass);
    expect(patches.shape).to.deep.equal([2, 6, 8]);
    expect(grid).to.deep.equal([2, 3]);
    expect(difference(feature, encoder.forward(batch, pass))).to.be.below(1e-6);
    expect(componentOf(plugin, 'vit').provides!({}, () => [])).to.deep.equal(['patch-tokens']);
  });

  it('sees a set of patches once positions are gone: exchanged patches exchange their tokens', () => {
    const weights = movedWeights(encoder, [16, 16, 3]);
    weights['encoder.pos_embedding'] = tf.zeros([1, 17, 8]);
    const pass = passOver(weights, { training: false });
    const batch = images(2, 8, 8, 3);
    const turned = tf.reverse<Tensor4D>(
      tf.reshape(tf.transpose(tf.reshape(batch, [2, 2, 4, 2, 4, 3]), [0, 1, 3, 2, 4, 5]), [2, 4, 48, 1]),
      1,
    );
    const exchanged: Tensor4D = tf.reshape(
      tf.transpose(tf.reshape(turned, [2, 2, 2, 4, 4, 3]), [0, 1, 3, 2, 4, 5]),
      [2, 8, 8, 3],
    );
    const [before, after] = [batch, exchanged].map(one => encoder.tokens!(one, pass));
    expect(difference(exchanged, batch)).to.be.above(0.1);
    expect(difference(after.feature, before.feature)).to.be.below(1e-5);
    expect(difference(tf.reverse<Tensor3D>(after.patches, 1), before.patches)).to.be.below(1e-5);
  });

  it('leaves branches out only where the pass draws at random', () => {
    const dropping = vit({ ...tiny, layers: 3, stochasticDepth: 0.9 });
    const weights = movedWeights(dropping, [16, 16, 3]);
    const forward = (given: object): Tensor =>
      dropping.forward(images(4, 16, 16, 3), { ...passOver(weights, { training: true }), ...given });
    const whole = forward({});
    expect(difference(forward({ random: stream('drop') }), whole)).to.be.above(1e-2);
    expect(difference(forward({ random: stream('drop') }), forward({ random: stream('drop') }))).to.equal(0);
    expect(difference(forward({ random: stream('drop'), training: false }), whole)).to.equal(0);
  });

  for (const side of [16, 28])
    it(`costs what its products for ${side} x ${side} pixels count to`, async () => {
      const shape = [side, side, side / 4] as const;
      const network = vit({ ...tiny, imageSize: side });
      expect(multiplyAdds(network, shape)).to.equal(await countedMultiplyAdds(network, shape));
      expect(network.cost(shape).map(({ stage }) => stage)).to.deep.equal([
        'patches',
        'encoder_layer_0',
        'encoder_layer_1',
        'class token',
      ]);
    });

  it('refuses images it cannot cut into whole patches, or has no positions for', () => {
    const pass = passOver(weightsOf(encoder.weights([16, 16, 3])), { training: false });
    expect(() => encoder.forward(images(1, 10, 8, 3), pass)).to.throw(/10 x 8 pixels, which are no whole patches of 4/);
    const fixed = vit({ ...tiny, interpolatePositions: false });
    expect(fixed.minimumSize).to.equal(16);
    expect(() => fixed.forward(images(1, 8, 8, 3), pass)).to.throw(/takes only 16 x 16/);
  });
});

describe('vit: what it says of a pipeline', () => {
  onCpuInScope();

  const said = (options: object, ...sides: number[]): string[] =>
    findingsOf(plugin, 'vit', { ...tiny, ...options }, ...sides).map(
      ({ severity, code, path }) => `${severity} ${code} ${path}`,
    );

  it('is nothing if the global views have the size of the position embeddings', () => {
    expect(said({}, 16, 8)).to.deep.equal([]);
  });

  it('is that interpolation at every step is not what it is for', () => {
    expect(said({}, 24, 8)).to.deep.equal(['warning VIT_IMAGE_SIZE imageSize']);
  });

  it('is that views do not fit patches or positions', () => {
    expect(said({}, 16, 10)).to.deep.equal(['error VIT_VIEW_SIZE patchSize']);
    expect(said({ interpolatePositions: false }, 16, 8)).to.deep.equal(['error VIT_VIEW_SIZE patchSize']);
  });

  it('is that options contradict each other, which cannot be built either', () => {
    expect(said({ imageSize: 18 }, 16)).to.deep.equal(['error VIT_CONTRADICTION imageSize']);
    expect(said({ heads: 3 }, 16)).to.deep.equal(['error VIT_CONTRADICTION heads']);
    expect(() => vit({ ...tiny, imageSize: 18 })).to.throw(
      /`imageSize: 18` is no multiple of `patchSize: 4`; the nearest is 20/,
    );
    expect(() => vit({ ...tiny, heads: 3 })).to.throw(/`dim: 8` cannot be divided among `heads: 3`; take 1, 2, 4, 8/);
  });
});
