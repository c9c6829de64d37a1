import { kernels, type Bf16Kernels } from '@carl-ssl/core';
import { inPrecision, useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { onCpu } from '../e2e/tiny.js';

/** Values and gradients of PyTorch's autocast for the inputs of {@link cases}. */
const autocast = JSON.parse(readFileSync(new URL('./bf16-autocast.json', import.meta.url), 'utf8')) as Record<
  string,
  readonly (readonly number[])[]
>;

const ramp = (shape: number[], step: number): Tensor =>
  tf.tidy(() => tf.reshape(tf.sin(tf.add(tf.mul(tf.range(0, tf.util.sizeFromShape(shape)), step), 1)), shape));

const cases: Record<string, { inputs: () => Tensor[]; compute: (...x: Tensor[]) => Tensor }> = {
  conv2d: {
    inputs: () => [ramp([1, 4, 3, 2], 0.7), ramp([3, 3, 2, 3], 0.3)],
    compute: (x, filter) => kernels.conv2d(x as Tensor4D, { filter: filter as Tensor4D, stride: 1, padding: 1 }),
  },
  linear: {
    inputs: () => [ramp([4, 5], 0.7), ramp([3, 5], 0.3)],
    compute: (x, weight) => kernels.linear(x as Tensor2D, weight as Tensor2D),
  },
  attention: {
    inputs: () => [0.7, 0.3, 0.5].map(step => ramp([1, 2, 3, 4], step)),
    compute: (...x) => kernels.attention(...(x as [Tensor4D, Tensor4D, Tensor4D])),
  },
};

/** The value and the gradients of its product with a ramp. */
function valueAndGradients(inputs: readonly Tensor[], compute: (...x: Tensor[]) => Tensor): number[][] {
  const value = compute(...inputs);
  const slope = ramp(value.shape, 0.9);
  const gradients = tf.grads((...x: Tensor[]) => tf.sum<Scalar>(tf.mul(compute(...x), slope)))([...inputs]);
  return [value, ...gradients].map(tensor => [...tensor.dataSync()]);
}

/** Largest difference over the largest expected magnitude. */
const distance = (actual: readonly number[], expected: readonly number[]): number =>
  Math.max(...actual.map((value, i) => Math.abs(value - expected[i]))) / Math.max(...expected.map(Math.abs));

/** The nearest number in bf16, from the bits of a float; in a tie the even one. */
function nearest(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0] += 0x7fff + ((bits[0] >>> 16) & 1);
  bits[0] &= 0xffff0000;
  return new Float32Array(bits.buffer)[0];
}

describe('training in bf16', () => {
  before(onCpu);

  it('rounds to the nearest number of 8 bits', () => {
    tf.tidy(() => {
      const values = Array.from({ length: 2000 }, (_, i) => Math.fround(Math.sin(i) * 10 ** ((i % 60) - 30)));
      expect([...kernels.roundToBf16(tf.tensor1d(values)).dataSync()]).to.deep.equal(values.map(nearest));
    });
  });

  for (const [name, { inputs, compute }] of Object.entries(cases))
    it(`${name}: values and gradients are PyTorch's under autocast, which rounds results too`, () => {
      tf.tidy(() => {
        const actual = valueAndGradients(inputs(), (...x) => inPrecision('bf16', () => compute(...x)));
        const exact = valueAndGradients(inputs(), compute);
        actual.forEach((values, i) => {
          expect(distance(values, autocast[name][i]), `output ${i}`).to.be.below(2 ** -7);
          expect(distance(values, exact[i]), `output ${i}`).to.be.within(2 ** -14, 2 ** -6);
        });
      });
    });

  it('rounds results of convolutions, and their gradients, that only batch normalisation reads', () => {
    tf.tidy(() => {
      const [x, filter] = cases.conv2d.inputs() as Tensor4D[];
      const by = { filter, stride: 1, padding: 1 };
      const scale: Tensor1D = tf.ones([3]);
      const offset: Tensor1D = tf.zeros([3]);
      const inBf16 = (compute: () => Tensor) => [...inPrecision('bf16', compute).dataSync()];
      const result = inBf16(() => kernels.conv2d(x, by));
      expect(inBf16(() => kernels.conv2d(x, { ...by, normalized: true }))).to.deep.equal(result.map(nearest));
      expect(result).to.not.deep.equal(result.map(nearest));
      const second = { filter: tf.ones<Rank.R4>([1, 1, 3, 3]), stride: 1, padding: 0, normalized: true };
      const after = inBf16(
        () =>
          kernels.batchNormReluConv2d(ramp([1, 4, 3, 3], 0.7) as Tensor4D, { scale, offset, epsilon: 1e-5 }, second)
            .output,
      );
      expect(after).to.deep.equal(after.map(nearest));
    });
  });

  it('leaves other kernels as they are, and all kernels afterwards', () => {
    tf.tidy(() => {
      const x = ramp([2, 3, 3, 2], 0.7) as Tensor4D;
      const filter = ramp([3, 3, 1, 2], 0.3) as Tensor4D;
      const outside = kernels.depthwiseConv2d(x, filter).dataSync();
      expect(inPrecision('bf16', () => kernels.depthwiseConv2d(x, filter)).dataSync()).to.deep.equal(outside);
      const linear = () => kernels.linear(tf.tensor2d([[1 + 2 ** -12]]), tf.tensor2d([[1]])).dataSync()[0];
      expect(inPrecision('bf16', linear)).to.equal(1);
      expect(() => inPrecision('bf16', () => expect.fail('stops'))).to.throw('stops');
      expect(linear()).to.equal(1 + 2 ** -12);
    });
  });

  it('prefers the kernels that a backend has for numbers in bf16, for shapes that they take', () => {
    const bf16: Bf16Kernels = {
      conv2d: () => undefined,
      batchNormReluConv2d: () => undefined,
      linear: (input, weight) => (weight.shape[0] === 2 ? tf.zeros([input.shape[0], 2]) : undefined),
    };
    useKernels({ bf16 });
    try {
      tf.tidy(() => {
        const x = tf.tensor2d([[1 + 2 ** -12]]);
        const linear = (weight: number[][]) => kernels.linear(x, tf.tensor2d(weight)).dataSync();
        expect([...inPrecision('bf16', () => linear([[1], [1]]))]).to.deep.equal([0, 0]);
        expect([...inPrecision('bf16', () => linear([[1]]))]).to.deep.equal([1]);
        expect([...inPrecision('float32', () => linear([[1], [1]]))]).to.deep.equal([1 + 2 ** -12, 1 + 2 ** -12]);
      });
    } finally {
      useKernels({});
    }
  });
});
