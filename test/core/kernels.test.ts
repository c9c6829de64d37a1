import { kernels, type Kernels } from '@carl-ssl/core';
import { cpu, useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import wasm from '@carl-ssl/backend-wasm';
import { expect } from 'chai';
import { activateOnSwiftShader } from '../plugins/backend-webgpu-setup.js';
import * as reference from './kernels-reference.js';
import { skipped } from '../skipped.js';
import { expectExact, noise, random, toTensor, type Case } from './kernels-support.js';

const parametersOf = (scale: Tensor, offset: Tensor) => ({
  scale: scale as Tensor1D,
  offset: offset as Tensor1D,
  epsilon: EPSILON,
});

const EPSILON = 1e-3;

const cases: Record<string, Case & { readonly constants?: number }> = {
  'conv2d 3x3': convolution([2, 5, 6, 3], [3, 3, 3, 4], { stride: 1, padding: 1 }),
  'conv2d 3x3 of stride 2': convolution([2, 6, 5, 3], [3, 3, 3, 4], { stride: 2, padding: 1 }),
  'conv2d 1x1 of stride 2': convolution([2, 5, 6, 3], [1, 1, 3, 4], { stride: 2, padding: 0 }),
  'conv2d 5x5 without padding': convolution([1, 7, 6, 2], [5, 5, 2, 3], { stride: 1, padding: 0 }),
  'depthwiseConv2d 3x5': depthwise([2, 5, 6, 3], [3, 5, 1, 3]),
  'depthwiseConv2d with a filter larger than the image': depthwise([3, 2, 3, 4], [7, 7, 1, 4]),
  'batchNorm of images': {
    shapes: [[3, 2, 4, 5], [5], [5]],
    centre: 2,
    compute: (x, scale, offset) => kernels.batchNorm(x as Tensor4D, parametersOf(scale, offset)).output,
    reference: (x, scale, offset) => reference.batchNorm(x, scale, offset, EPSILON),
  },
  batchNormReluConv2d: {
    shapes: [[3, 4, 5, 2], [3, 3, 2, 3], [2], [2]],
    centre: 1,
    compute: (x, filter, scale, offset) =>
      kernels.batchNormReluConv2d(x as Tensor4D, parametersOf(scale, offset), {
        filter: filter as Tensor4D,
        stride: 2,
        padding: 1,
      }).output,
    reference: (x, filter, scale, offset) =>
      reference.conv2d(reference.relu(reference.batchNorm(x, scale, offset, EPSILON)), filter, 2, 1),
  },
  'batchNorm of features': {
    shapes: [[7, 5], [5], [5]],
    centre: -1,
    compute: (x, scale, offset) => kernels.batchNorm(x as Tensor2D, parametersOf(scale, offset)).output,
    reference: (x, scale, offset) => reference.batchNorm(x, scale, offset, EPSILON),
  },
  layerNorm: {
    shapes: [[2, 3, 6], [6], [6]],
    centre: 2,
    compute: (x, scale, offset) => kernels.layerNorm(x, scale as Tensor1D, offset as Tensor1D, EPSILON),
    reference: (x, scale, offset) => reference.layerNorm(x, scale, offset, EPSILON),
  },
  relu: { shapes: [[3, 4, 2, 5]], compute: x => kernels.relu(x), reference: reference.relu },
  addRelu: {
    shapes: [
      [3, 4, 5],
      [3, 4, 5],
    ],
    compute: (a, b) => kernels.addRelu(a, b),
    reference: reference.addRelu,
  },
  gelu: { shapes: [[6, 7]], compute: x => kernels.gelu(x), reference: reference.gelu },
  softmaxCrossEntropy: {
    shapes: [
      [5, 6],
      [5, 6],
    ],
    constants: 1,
    compute: (logits, targets) => kernels.softmaxCrossEntropy(logits as Tensor2D, targets as Tensor2D),
    reference: reference.softmaxCrossEntropy,
  },
  attention: {
    shapes: Array.from({ length: 3 }, () => [2, 3, 5, 4]),
    compute: (query, key, value) => kernels.attention(query as Tensor4D, key as Tensor4D, value as Tensor4D),
    reference: reference.attention,
  },
};

function convolution(x: number[], filter: number[], { stride, padding }: { stride: number; padding: number }): Case {
  return {
    shapes: [x, filter],
    compute: (input, weight) => kernels.conv2d(input as Tensor4D, { filter: weight as Tensor4D, stride, padding }),
    reference: (input, weight) => reference.conv2d(input, weight, stride, padding),
  };
}

function depthwise(x: number[], filter: number[]): Case {
  return {
    shapes: [x, filter],
    compute: (input, weight) => kernels.depthwiseConv2d(input as Tensor4D, weight as Tensor4D),
    reference: reference.depthwiseConv2d,
  };
}

/** What makes each backend compute; a text says why it cannot here. */
const activations: Record<string, () => Promise<Partial<Kernels> | string>> = {
  cpu: () => cpu.create({}, {}).activate(),
  wasm: () => wasm.components[0].create({ threads: 1 }, {}).activate(),
  webgpu: activateOnSwiftShader,
};

for (const [backend, activate] of Object.entries(activations))
  describe(`kernels on ${backend}`, () => {
    before(async function () {
      const fused = await activate();
      if (typeof fused !== 'string') return useKernels(fused);
      skipped(this, fused);
    });
    after(async () => {
      useKernels({});
      await tf.setBackend('cpu');
    });

    for (const [name, tested] of Object.entries(cases))
      it(`${name}: value and gradients are those of double precision`, () => {
        expectExact(tested, tested.shapes.length - (tested.constants ?? 0), 5e-6);
      });

    // Nothing is read between the calls, so work piles up before software that plays a GPU.
    const calls = backend === 'webgpu' ? 5 : 200;
    for (const [name, { shapes, compute }] of Object.entries(cases))
      it(`${name}: owns its result only, with a tape and without, over ${calls} calls`, () => {
        const inputs = shapes.map((shape, i) => toTensor(noise(shape, random(i))));
        const [first, ...rest] = inputs;
        const differentiate = tf.grad(x => tf.sum(compute(x, ...rest)));
        const before = tf.memory();
        for (let i = 0; i < calls; i++) tf.dispose([tf.tidy(() => compute(...inputs)), differentiate(first)]);
        const after = tf.memory();
        expect([after.numTensors, after.numDataBuffers]).to.deep.equal([before.numTensors, before.numDataBuffers]);
        const result = compute(...inputs);
        if (!name.startsWith('batchNorm')) expect(tf.memory().numTensors).to.equal(before.numTensors + 1);
        tf.dispose([...inputs, result]);
        tf.disposeVariables();
      });

    it('batchNorm gives mean and biased variance, owned by the caller', () => {
      const [x, ones, zeros] = [tf.tensor2d([1, 2, 3, 6], [2, 2]), tf.ones([2]), tf.zeros([2])];
      const before = tf.memory().numTensors;
      const { output, mean, variance, count } = kernels.batchNorm(x, { ...parametersOf(ones, zeros), epsilon: 0 });
      expect(count).to.equal(2);
      expect(tf.memory().numTensors).to.equal(before + 3);
      expect([...mean.dataSync(), ...variance.dataSync()]).to.deep.equal([2, 4, 1, 4]);
      expect([...output.dataSync()].map(Math.round)).to.deep.equal([-1, -1, 1, 1]);
      tf.dispose([x, ones, zeros, output, mean, variance]);
    });

    it('softmaxCrossEntropy has no gradient for targets and is finite for large logits', () => {
      tf.tidy(() => {
        const targets = tf.tensor2d([0, 1, 0], [1, 3]);
        const loss = (logits: Tensor, target: Tensor): Scalar =>
          tf.sum(kernels.softmaxCrossEntropy(logits as Tensor2D, target as Tensor2D));
        const logits = tf.tensor2d([2000, 0, -2000], [1, 3]);
        expect(loss(logits, targets).dataSync()[0]).to.be.closeTo(2000, 1e-3);
        const [dLogits] = tf.grads(x => loss(x, targets))([logits]);
        expect([...dLogits.dataSync()]).to.deep.equal([1, -1, 0]);
        expect(() => tf.grad(target => loss(logits, target))(targets)).to.throw(/Cannot compute gradient/);
      });
    });

    it('gradients are correct after all intermediate tensors are disposed', () => {
      tf.tidy(() => {
        const [x, w] = [noise([2, 5, 5, 3], random(1)), noise([3, 3, 3, 3], random(2))].map(toTensor);
        const [scale, offset]: Tensor1D[] = [tf.ones([3]), tf.zeros([3])];
        const network = (nested: <T extends Tensor>(run: () => T) => T) => (filter: Tensor) => {
          const h = nested(() => kernels.conv2d(x as Tensor4D, { filter: filter as Tensor4D, stride: 1, padding: 1 }));
          const n = nested(() => kernels.batchNorm(h, parametersOf(scale, offset)).output);
          const r = nested(() => kernels.addRelu(kernels.gelu(n), kernels.relu(n)));
          return tf.sum(tf.square(nested(() => kernels.layerNorm(r, scale, offset, EPSILON))));
        };
        const expected = tf
          .grad(network(run => run()))(w)
          .dataSync();
        const actual = tf
          .grad(network(run => tf.tidy(run)))(w)
          .dataSync();
        expect([...actual]).to.deep.equal([...expected]);
      });
    });
  });
