import { kernels, type BatchExchange, type Kernels } from '@carl-ssl/core';
import { allocationTrace, composedKernels, useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { fusedKernels } from '@carl-ssl/backend-tensorflow';
import {
  attention,
  distance,
  EPSILON,
  filtered,
  normal,
  normalizedConvolution,
  parametersOf,
  queries,
  summands,
  valueAndGradients,
  WORKER,
  type Compute,
} from './backend-tensorflow-problems.js';
import { onTensorFlow } from './backend-tensorflow-setup.js';

/** Kernels with a fused form, each on inputs that are not all alike; `compute` gives one tensor. */
const cases: Record<string, { inputs: () => Tensor[]; compute: Compute }> = {
  'batchNorm of images': {
    inputs: () => [tf.add(normal([6, 5, 4, 7], 1, 2), 3), normal([7], 2), normal([7], 3)],
    compute: (x, scale, offset) => kernels.batchNorm(x as Tensor4D, parametersOf(scale, offset)).output,
  },
  'batchNorm of features': {
    inputs: () => [tf.add(normal([9, 12], 1), 1), normal([12], 2), normal([12], 3)],
    compute: (x, scale, offset) =>
      kernels.batchNorm(x as Tensor2D, { ...parametersOf(scale, offset), epsilon: 1e-3 }).output,
  },
  'batchNormRelu of images': {
    inputs: () => [tf.add(normal([6, 5, 4, 7], 1, 2), 3), normal([7], 2), normal([7], 3)],
    compute: (x, scale, offset) => kernels.batchNormRelu(x as Tensor4D, parametersOf(scale, offset)).output,
  },
  'batchNormRelu with a shortcut': { inputs: () => summands([6, 5, 4, 7]), compute: sum() },
  'batchNormRelu of many narrow rows with a shortcut': { inputs: () => summands([5, 67, 71, 3]), compute: sum() },
  'batchNormRelu of many wide rows': { inputs: () => summands([3, 31, 33, 72]), compute: sum() },
  'batchNorm of features with another worker': {
    inputs: () => summands([9, 12]).slice(0, 3),
    compute: (x, scale, offset) => kernels.batchNorm(x as Tensor2D, parametersOf(scale, offset, WORKER)).output,
  },
  'batchNormRelu of images with another worker': {
    inputs: () => summands([6, 5, 4, 7]).slice(0, 3),
    compute: (x, scale, offset) => kernels.batchNormRelu(x as Tensor4D, parametersOf(scale, offset, WORKER)).output,
  },
  'batchNormRelu of many rows with a shortcut and another worker': {
    inputs: () => summands([5, 67, 7, 3]),
    compute: sum(WORKER),
  },
  batchNormReluConv2d: { inputs: () => filtered(16), compute: normalizedConvolution(1) },
  'strided batchNormReluConv2d': { inputs: () => filtered(24), compute: normalizedConvolution(2) },
  'batchNormReluConv2d with another worker': { inputs: () => filtered(16), compute: normalizedConvolution(1, WORKER) },
  'batchNormReluConv2d of a number of channels that our operations do not take': {
    inputs: () => filtered(7),
    compute: normalizedConvolution(1),
  },
  relu: { inputs: () => [normal([4, 6, 6, 3], 1)], compute: x => kernels.relu(x) },
  addRelu: {
    inputs: () => [normal([4, 6, 6, 3], 1), normal([4, 6, 6, 3], 2)],
    compute: (a, b) => kernels.addRelu(a, b),
  },
  'addRelu of a tensor with itself': { inputs: () => [normal([5, 3], 1)], compute: a => kernels.addRelu(a, a) },
  'layerNorm of few numbers': { inputs: () => rows([7, 5]), compute: layerNorm },
  'layerNorm of tokens': { inputs: () => rows([3, 67, 200]), compute: layerNorm },
  'gelu of few numbers': { inputs: () => [normal([3, 5], 1, 3)], compute: x => kernels.gelu(x) },
  'gelu of many numbers': { inputs: () => [normal([3, 67, 211], 1, 2)], compute: x => kernels.gelu(x) },
  'attention of few tokens': { inputs: () => queries([2, 3, 5, 7]), compute: attention },
  'attention of many tokens': { inputs: () => queries([3, 2, 50, 64]), compute: attention },
  'attention of two tokens': { inputs: () => queries([2, 1, 2, 16]), compute: attention },
  'softmaxCrossEntropy to a distribution': {
    inputs: () => [normal([8, 10], 1, 3)],
    compute: x => kernels.softmaxCrossEntropy(x as Tensor2D, tf.softmax(normal([8, 10], 2)) as Tensor2D),
  },
  'softmaxCrossEntropy to weights that do not sum to 1': {
    inputs: () => [normal([8, 10], 1, 3)],
    compute: x => kernels.softmaxCrossEntropy(x as Tensor2D, tf.randomUniform<tf.Rank.R2>([8, 10], 0, 1, 'float32', 5)),
  },
};

/** Rows that are not centred, with a scale and an offset. */
function rows(shape: number[]): Tensor[] {
  return [tf.add(normal(shape, 1, 2), 3), normal(shape.slice(-1), 2), normal(shape.slice(-1), 3)];
}

function layerNorm(x: Tensor, scale: Tensor, offset: Tensor): Tensor {
  return kernels.layerNorm(x, scale as Tensor1D, offset as Tensor1D, EPSILON);
}

function sum(exchange?: BatchExchange): Compute {
  return (x, scale, offset, shortcut) =>
    kernels.batchNormRelu(x as Tensor4D, {
      ...parametersOf(scale, offset, exchange),
      shortcut: shortcut as Tensor4D,
    }).output;
}

describe('fused kernels of TensorFlow', () => {
  onTensorFlow(fused => {
    for (const [name, { inputs, compute }] of Object.entries(cases)) {
      it(`${name}: values and gradients are the composed ones`, () => {
        tf.tidy(() => {
          const given = inputs();
          const expected = valueAndGradients({}, given, compute);
          // With our own operations where they are, and with those of TensorFlow that GPUs and older processors get.
          for (const chosen of [fused(), fusedKernels]) {
            const actual = valueAndGradients(chosen, given, compute);
            actual.forEach((tensor, i) => expect(distance(tensor, expected[i])).to.be.below(1e-5));
          }
        });
      });

      it(`${name}: nothing leaks over 200 calls, with a tape and without`, () => {
        useKernels(fused());
        const given = tf.tidy(inputs);
        const gradients = tf.grads((...x: Tensor[]) => tf.tidy(() => tf.sum(compute(...x))));
        const before = tf.memory();
        for (let i = 0; i < 200; i++) {
          tf.dispose(tf.tidy(() => compute(...given)));
          tf.dispose(gradients(given));
        }
        expect(tf.memory().numTensors).to.equal(before.numTensors);
        expect(tf.memory().numDataBuffers).to.equal(before.numDataBuffers);
        tf.dispose(given);
      });
    }

    it('weightedSums, sumsOfSquares and adamSteps are the composed ones over tensors of any size', () => {
      tf.tidy(() => {
        const shapes = [[3, 5], [], [70_001], [16, 4, 4], [0]];
        const lists = [1, 2, 3, 4].map(seed => shapes.map((shape, i) => normal(shape, 10 * seed + i)));
        const terms = [
          { factor: 0.9, tensors: lists[0] },
          { factor: [1, -2, 3, 0, 5], tensors: lists[1] },
          { factor: 1, tensors: lists[2] },
        ];
        const onDevice = { factor: tf.tensor1d([0.5, 2, -1, 0, 7]), tensors: lists[3] };
        const places = shapes.map((_, i) => ({
          ...{ value: lists[0][i], gradient: lists[1][i], mean: lists[2][i], square: tf.square(lists[3][i]) },
          ...{ coupledDecay: 0.1 * i, kept: 1 - 0.01 * i, rate: 0.3 + i, correction: 1.5 + i },
        }));
        const results = (chosen: Partial<Kernels>) => {
          useKernels(chosen);
          const adam = kernels.adamSteps(places, { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 });
          return [
            ...kernels.weightedSums(terms),
            ...kernels.weightedSums([...terms, onDevice]),
            kernels.sumsOfSquares(lists[0]),
            ...adam.flatMap(({ value, mean, square }) => [value, mean, square]),
          ].map(tensor => tensor.arraySync());
        };
        const [actual, expected] = [results(fused()), results({})].map(all => all.flat(4) as number[]);
        expect(actual.length).to.equal(expected.length);
        const errors = actual.map((value, i) => Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i])));
        expect(errors.every(error => error < 1e-5)).to.equal(true);
        expect(kernels.weightedSums([{ factor: 1, tensors: [] }])).to.deep.equal([]);
        expect(kernels.adamSteps([], { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 })).to.deep.equal([]);
        expect(kernels.sumsOfSquares([]).shape).to.deep.equal([0]);
      });
    });

    it('batchNormReluConv2d stores no normalised images', () => {
      tf.tidy(() => {
        const given = filtered(16);
        const [peak, separate] = [
          fused(),
          { ...fused(), batchNormReluConv2d: composedKernels.batchNormReluConv2d },
        ].map(chosen => {
          useKernels(chosen);
          return Math.max(...allocationTrace(() => void normalizedConvolution(1)(...given)));
        });
        const image = 4 * given[0].size;
        expect(peak).to.be.within(image, 1.1 * image);
        expect(separate).to.be.above(2 * image);
      });
    });

    it('batchNormRelu with workers sums 100,000 rows as exactly as without', () => {
      const alone: BatchExchange = {
        statistics: (own, count) => ({ ...own, count }),
        means: (sums, count) => sums.map(one => tf.div(one, count)) as readonly Tensor1D[] as typeof sums,
      };
      tf.tidy(() => {
        const given = summands([64, 40, 40, 4]);
        const expected = valueAndGradients(fused(), given, sum());
        const actual = valueAndGradients(fused(), given, sum(alone));
        actual.forEach((tensor, i) => expect(distance(tensor, expected[i])).to.be.below(2e-6));
      });
    });

    it('batchNormRelu hides no number that is none', () => {
      tf.tidy(() => {
        useKernels(fused());
        const parameters = { scale: tf.ones<tf.Rank.R1>([16]), offset: tf.zeros<tf.Rank.R1>([16]), epsilon: EPSILON };
        const x = tf.tensor2d(
          [1, NaN, 3].flatMap(value => Array<number>(16).fill(value)),
          [3, 16],
        );
        const { output } = kernels.batchNormRelu(x, parameters);
        expect([...output.dataSync()].every(Number.isNaN)).to.equal(true);
      });
    });

    it('batchNorm returns the mean and the biased variance, and owns nothing else', () => {
      useKernels(fused());
      const [x, scale, offset] = [tf.tensor2d([[1, 2], [3, 6]]), tf.ones([2]), tf.zeros([2])]; // prettier-ignore
      const before = tf.memory().numTensors;
      const { output, mean, variance } = kernels.batchNorm(x, { ...parametersOf(scale, offset), epsilon: 0 });
      expect(tf.memory().numTensors).to.equal(before + 3);
      expect([...mean.dataSync(), ...variance.dataSync()]).to.deep.equal([2, 4, 1, 4]);
      expect([...output.dataSync()]).to.deep.equal([-1, -1, 1, 1]);
      tf.dispose([x, scale, offset, output, mean, variance]);
    });

    it('another shape of a tensor takes no memory, and is foretold to take none', () => {
      const shape = [2 ** 12, 2 ** 12];
      const taken = allocationTrace(() =>
        tf.tidy(() => {
          const rows = tf.add(tf.ones(shape), 1);
          rows.dataSync();
          const before = process.memoryUsage.rss();
          const flat = tf.reshape(rows, [-1]);
          expect(process.memoryUsage.rss() - before).to.be.below(2 ** 24);
          rows.dispose();
          flat.dispose();
        }),
      );
      // Two of 64 MiB at most: what is added to, and the sum.
      expect(Math.max(...taken)).to.be.within(2 ** 27, 2 ** 27 + 2 ** 10);
    });

    it('batchNorm of one row has variance 0 and gives the offset', () => {
      useKernels(fused());
      tf.tidy(() => {
        const parameters = parametersOf(tf.ones([2]), tf.tensor1d([1, 2]));
        const { output, variance } = kernels.batchNorm(tf.tensor2d([[5, 7]]), parameters);
        expect([...variance.dataSync(), ...output.dataSync()]).to.deep.equal([0, 0, 1, 2]);
      });
    });

    it('gradients of variables are the composed ones after tensors in between were tidied away', () => {
      const network = (): Scalar =>
        tf.tidy(() => {
          const h = tf.tidy(() =>
            kernels.conv2d(image, { filter: filter as unknown as Tensor4D, stride: 2, padding: 1 }),
          );
          const n = tf.tidy(
            () => kernels.batchNorm(h, parametersOf(scale as unknown as Tensor, offset as unknown as Tensor)).output,
          );
          const r = tf.tidy(() => kernels.addRelu(kernels.relu(n), n));
          const logits = tf.mean<Tensor2D>(r, [1, 2]);
          return tf.mean(
            kernels.softmaxCrossEntropy(
              logits,
              tf.cast<Tensor2D>(tf.oneHot(tf.range(0, 4, 1, 'int32'), 4) as Tensor2D, 'float32'),
            ),
          );
        });
      const image = normal([4, 9, 9, 3], 1) as Tensor4D;
      const [filter, scale, offset] = [normal([3, 3, 3, 4], 2), tf.ones([4]), tf.zeros([4])].map(t => tf.variable(t));
      const gradients = (chosen: Partial<Kernels>) => {
        useKernels(chosen);
        return Object.values(tf.variableGrads(network, [filter, scale, offset]).grads);
      };
      tf.tidy(() => {
        const expected = gradients({});
        const actual = gradients(fused());
        expect(actual).to.have.length(3);
        actual.forEach((tensor, i) => expect(distance(tensor, expected[i])).to.be.below(1e-5));
      });
      tf.dispose([image, filter, scale, offset]);
    });

    it('computes operations whose kernels in tfjs-node call methods of tensors, which are not there', () => {
      expect('toFloat' in tf.Tensor.prototype).to.equal(false);
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const x = tf.tensor1d([-2, 3]);
        const flags = tf.tensor1d([false, true, true]);
        expect([...tf.prelu(x, tf.tensor1d([0.5])).dataSync()]).to.deep.equal([-1, 3]);
        expect([
          ...tf
            .grad(z => tf.prelu(z, tf.scalar(0.25)))(x)
            .dataSync(),
        ]).to.deep.equal([0.25, 1]);
        expect(tf.exp(tf.tensor1d([0, 1], 'int32')).dataSync()[1]).to.be.closeTo(Math.E, 1e-6);
        expect([tf.argMax(flags), tf.argMin(flags)].map(at => at.dataSync()[0])).to.deep.equal([1, 0]);
      });
      expect(tf.memory().numTensors).to.equal(before);
    });
  });
});
