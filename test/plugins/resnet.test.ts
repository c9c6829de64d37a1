import { type Encoder, type Facts, type Finding, parameterCount } from '@carl-ssl/core';
import { useKernels } from '@carl-ssl/core/testing';
import plugin from '@carl-ssl/resnet';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { Default } from 'typebox/value';
import { componentOf, difference, make, noise, passOver, weightsOf } from '../core/layers-support.js';
import { onCpuInScope } from '../cpu-scope.js';

const resnet = (options: object): Encoder => make<Encoder>(plugin, 'resnet', options);
const tiny = { block: 'basic', layers: [1, 1, 1, 1], width: 4, stem: 'cifar' };

function findings(options: object, side = 224): readonly Finding[] {
  const { check, refuse, options: schema } = componentOf(plugin, 'resnet');
  const complete = Default(schema, { ...options }) as never;
  const refused = refuse!(complete).map(one => ({ ...one, severity: 'error' as const }));
  const views = [
    { kind: 'global', height: side, width: side },
    { kind: 'local', height: side, width: side },
  ];
  return refused.length > 0 ? refused : check!(complete, { views } as unknown as Facts);
}

/** Multiply-adds of the convolutions that a forward pass runs. */
function countedMultiplyAdds(run: () => void): number {
  let count = 0;
  useKernels({
    conv2d: (input, { filter, stride, padding }) => {
      const output = paddedConv(input, filter, stride, padding);
      count += output.size * filter.shape[0] * filter.shape[1] * filter.shape[2];
      return output;
    },
  });
  run();
  useKernels({});
  return count;
}

const paddedConv = (input: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D =>
  tf.conv2d(
    tf.pad(input, [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ]),
    filter,
    stride,
    'valid',
  );

describe('resnet: the networks of the paper', () => {
  onCpuInScope();

  // torchvision's counts without the 1000-class layer.
  const parameters = { 18: 11_176_512, 34: 21_284_672, 50: 23_508_032, 101: 42_500_160, 152: 58_143_808 };
  for (const [depth, expected] of Object.entries(parameters)) {
    it(`has torchvision's number of parameters at depth ${depth}`, () => {
      const encoder = resnet({ depth: Number(depth) });
      expect(parameterCount(encoder, [224, 224, 3])).to.equal(expected);
      expect(encoder.featureDim).to.equal(Number(depth) < 50 ? 512 : 2048);
    });
  }

  it("takes torchvision's multiply-adds without the last layer", () => {
    const total = (depth: number): number =>
      resnet({ depth })
        .cost([224, 224, 3])
        .reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
    expect(total(18)).to.equal(1_814_073_344 - 512_000);
    expect(total(50)).to.equal(4_089_184_256 - 2_048_000);
  });

  it('is the same network by depth and by layers', () => {
    const names = (options: object): string[] =>
      resnet(options)
        .weights([64, 64, 3])
        .map(spec => `${spec.name} ${spec.shape.join()}`);
    expect(names({ depth: 50 })).to.deep.equal(names({ block: 'bottleneck', layers: [3, 4, 6, 3] }));
  });
});

describe('resnet: weights', () => {
  onCpuInScope();

  const norm = (name: string): string[] =>
    ['weight', 'bias', 'running_mean', 'running_var'].map(part => `${name}.${part}`);
  const blocks = (name: string, convolutions: number): string[] =>
    Array.from({ length: convolutions }, (_, i) => [
      `${name}.conv${i + 1}.weight`,
      ...norm(`${name}.bn${i + 1}`),
    ]).flat();

  it("have torchvision's names in its order", () => {
    const stages = [1, 2, 3, 4].flatMap(stage => [
      ...blocks(`layer${stage}.0`, 2),
      ...(stage > 1 ? [`layer${stage}.0.downsample.0.weight`, ...norm(`layer${stage}.0.downsample.1`)] : []),
    ]);
    const names = resnet(tiny)
      .weights([32, 32, 3])
      .map(({ name }) => name);
    expect(names).to.deep.equal(['conv1.weight', ...norm('bn1'), ...stages]);
  });

  it('of bottlenecks widen four times and bring the first stage to its width', () => {
    const specs = resnet({ ...tiny, block: 'bottleneck' }).weights([32, 32, 3]);
    const shape = (name: string): readonly number[] => specs.find(spec => spec.name === name)!.shape;
    expect(shape('layer1.0.conv3.weight')).to.deep.equal([1, 1, 4, 16]);
    expect(shape('layer1.0.downsample.0.weight')).to.deep.equal([1, 1, 4, 16]);
    expect(shape('layer2.0.conv1.weight')).to.deep.equal([1, 1, 16, 8]);
  });

  it('take the number of channels from the images', () => {
    const [first] = resnet(tiny).weights([28, 28, 1]);
    expect(first.shape).to.deep.equal([3, 3, 1, 4]);
    const [stem] = resnet({ depth: 18 }).weights([224, 224, 12]);
    expect(stem.shape).to.deep.equal([7, 7, 12, 64]);
  });

  it('start the last scale of a block at zero if asked to, so that blocks pass their input on', () => {
    const starts = (zeroInitResidual: boolean): number[] =>
      Object.entries(weightsOf(resnet({ ...tiny, zeroInitResidual }).weights([8, 8, 3])))
        .filter(([name]) => /bn\d\.weight$/.test(name))
        .map(([, value]) => value.dataSync()[0]);
    expect(starts(false)).to.deep.equal([1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(starts(true)).to.deep.equal([1, 1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

describe('resnet: forward pass', () => {
  onCpuInScope();

  const encoder = resnet(tiny);
  const images = (batch = 3): Tensor4D => noise('images', [batch, 16, 16, 3]) as Tensor4D;

  it('gives images features of their own in evaluation', () => {
    const weights = weightsOf(encoder.weights([16, 16, 3]));
    const forward = (batch: Tensor4D): Tensor => encoder.forward(batch, passOver(weights, { training: false }));
    const whole = forward(images());
    expect(whole.shape).to.deep.equal([3, 32]);
    expect(difference(forward(tf.slice(images(), 1, 1)), tf.slice(whole, 1, 1))).to.be.below(1e-6);
  });

  it('gives the mean over the pixels of each stage, the last of which are the features', () => {
    const pass = passOver(weightsOf(encoder.weights([16, 16, 3])), { training: false });
    const layers = encoder.layers!.map(({ name, dim }) => `${name} ${dim}`);
    expect(layers).to.deep.equal(['stem 4', 'layer1 4', 'layer2 8', 'layer3 16', 'layer4 32']);
    expect(difference(encoder.layer!('layer4', images(), pass), encoder.forward(images(), pass))).to.equal(0);
    expect(encoder.layer!('layer2', images(), pass).shape).to.deep.equal([3, 8]);
    const shallow = {
      ...pass,
      weight: (name: string) => (name.startsWith('layer3') ? expect.fail(name) : pass.weight(name)),
    };
    expect(encoder.layer!('layer2', images(), shallow as never).shape).to.deep.equal([3, 8]);
    const names = make<Encoder>(plugin, 'wide-resnet', { depth: 10, widen: 1 }).layers!.map(({ name }) => name);
    expect(names).to.deep.equal(['stem', 'block1', 'block2', 'block3', 'norm']);
  });

  it('gives features that depend on the batch in training', () => {
    const weights = weightsOf(encoder.weights([16, 16, 3]));
    const forward = (batch: Tensor4D): Tensor => encoder.forward(batch, passOver(weights, { training: true }));
    expect(difference(forward(tf.slice(images(), 0, 2)), tf.slice(forward(images()), 0, 2))).to.be.above(1e-2);
  });

  it('sends a gradient to every trainable weight and updates all statistics', () => {
    const specs = encoder.weights([16, 16, 3]);
    const weights = weightsOf(specs);
    const trainable = specs.filter(spec => spec.trainable).map(spec => spec.name);
    const pass = passOver(weights, { training: true });
    const loss = (...values: Tensor[]): tf.Scalar => {
      const given = { ...weights, ...Object.fromEntries(values.map((value, i) => [trainable[i], value])) };
      const weight = <T extends Tensor>(name: string): T => given[name] as T;
      return tf.mean(tf.square(encoder.forward(images(), { ...pass, weight })));
    };
    const gradients = tf.grads(loss)(trainable.map(name => weights[name]));
    gradients.forEach((gradient, i) => expect(tf.max(tf.abs(gradient)).dataSync()[0], trainable[i]).to.be.above(0));
    const statistics = specs.filter(spec => !spec.trainable).map(spec => spec.name);
    expect(Object.keys(pass.updates).sort()).to.deep.equal(statistics.sort());
  });

  for (const stem of ['imagenet', 'cifar', 'small']) {
    it(`costs what the ${stem} stem's convolutions count to`, () => {
      const network = resnet({ ...tiny, block: 'bottleneck', stem });
      const shape = [21, 30, 2] as const;
      const costs = network.cost(shape);
      const batch = noise('odd', [1, ...shape]) as Tensor4D;
      const pass = passOver(weightsOf(network.weights(shape)), { training: false });
      let features: Tensor | undefined;
      const counted = countedMultiplyAdds(() => (features = network.forward(batch, pass)));
      expect(costs.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0)).to.equal(counted);
      expect(costs.map(({ stage }) => stage)).to.deep.equal(['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'pool']);
      expect(costs.at(-1)!.shape).to.deep.equal(features!.shape.slice(1));
    });
  }

  it('takes a single pixel', () => {
    const network = resnet({ ...tiny, stem: 'imagenet' });
    const pass = passOver(weightsOf(network.weights([1, 1, 3])), { training: false });
    expect(network.minimumSize).to.equal(1);
    expect(network.forward(tf.ones([2, 1, 1, 3]), pass).shape).to.deep.equal([2, 32]);
  });
});

describe('resnet: what it says of a pipeline', () => {
  onCpuInScope();

  const wrong: [string, object, RegExp][] = [
    ['neither depth nor layers', {}, /give `depth: 18`/],
    [
      'both',
      { depth: 18, block: 'basic', layers: [2, 2, 2, 2] },
      /`depth: 18` already.*take out `depth`, or `block` and `layers`/,
    ],
    ['depth and block', { depth: 50, block: 'basic' }, /take out `depth`, or `block`\./],
    ['block alone', { block: 'basic' }, /Only `block` is given/],
    ['layers alone', { layers: [1, 1, 1, 1] }, /Only `layers` is given/],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      const [finding] = findings(options);
      expect(finding).to.include({ severity: 'error', code: 'RESNET_LAYOUT' });
      expect(finding.message).to.match(message);
      expect(() => resnet(options)).to.throw(message);
    });
  }

  it('warns of a stem that leaves a single pixel, and only then', () => {
    const codes = (stem: string, side: number): string[] => findings({ depth: 18, stem }, side).map(({ code }) => code);
    expect(codes('imagenet', 32)).to.deep.equal(['RESNET_STEM_COARSE']);
    expect(codes('imagenet', 33)).to.deep.equal([]);
    expect(codes('small', 16)).to.deep.equal(['RESNET_STEM_COARSE']);
    expect(codes('small', 28)).to.deep.equal([]);
    expect(codes('cifar', 8)).to.deep.equal([]);
  });
});
