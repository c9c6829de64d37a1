import { kernels, type BatchExchange, type Kernels } from '@carl-ssl/core';
import { allocationTrace, inPrecision, useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { BF16_UNITS, bestBf16Unit, bestInstructions, bf16Kernels } from '@carl-ssl/backend-tensorflow/testing';
import {
  attention,
  convolution,
  distance,
  filtered,
  normal,
  normalizedConvolution,
  parametersOf,
  queries,
  valueAndGradients,
  WORKER,
  type Compute,
} from './backend-tensorflow-problems.js';
import { onTensorFlow } from './backend-tensorflow-setup.js';

/** The units for bf16 that are there, or emulated: in operations for AVX2 they are. */
const units = BF16_UNITS.filter(unit => bestInstructions() === 'avx2' || unit === bestBf16Unit());

const ownIn = (unit: (typeof BF16_UNITS)[number]) => bf16Kernels(unit, bestInstructions() === 'avx512' ? 16 : 8);

describe('kernels for bf16', () => {
  it('state that units for vectors leave 3x3 convolutions of stride 1 to float32', () => {
    const stated = BF16_UNITS.map(unit => [unit, bf16Kernels(unit, 16).float32Conv3x3]);
    expect(stated).to.deep.equal([
      ['vectors', true],
      ['tiles', undefined],
    ]);
  });
});

/** `minimal`: the error of units for vectors, which leave these to float32 but for gradients that they store in bf16. */
const bf16Cases: Record<string, { inputs: () => Tensor[]; compute: Compute; minimal?: number }> = {
  conv2d: {
    inputs: () => [normal([3, 9, 7, 16], 1), normal([3, 3, 16, 48], 2)],
    compute: convolution(1),
    minimal: 1e-5,
  },
  'strided conv2d': { inputs: () => [normal([3, 9, 7, 32], 1), normal([3, 3, 32, 16], 2)], compute: convolution(2) },
  batchNormReluConv2d: { inputs: () => filtered(16), compute: normalizedConvolution(1), minimal: 5e-3 },
  'strided batchNormReluConv2d': { inputs: () => filtered(32), compute: normalizedConvolution(2) },
  'conv2d of a grey image': {
    inputs: () => [normal([3, 9, 7, 1], 1), normal([3, 3, 1, 16], 2)],
    compute: convolution(1),
  },
  linear: {
    inputs: () => [normal([70, 48], 1), normal([32, 48], 2)],
    compute: (x, weight) => kernels.linear(x as Tensor2D, weight as Tensor2D),
  },
  attention: { inputs: () => queries([2, 3, 5, 8]), compute: attention },
};

/** Two convolutions of which each is normalised, the first within the second: the results of both may be stored in bf16. */
function stored(stride: number, exchange?: BatchExchange): Compute {
  return (x, first, second, ...[scale, offset]) => {
    const parameters = parametersOf(scale, offset, exchange);
    const images = kernels.conv2d(x as Tensor4D, {
      filter: first as Tensor4D,
      stride: 1,
      padding: 1,
      normalized: true,
    });
    const by = { filter: second as Tensor4D, stride, padding: 1, normalized: true };
    return kernels.batchNormRelu(kernels.batchNormReluConv2d(images, parameters, by).output, parameters).output;
  };
}

const storedInputs = (): Tensor[] => [
  normal([3, 9, 7, 16], 1),
  normal([3, 3, 16, 32], 2),
  normal([3, 3, 32, 32], 3),
  normal([32], 4),
  normal([32], 5),
];

/** Root mean square of the difference over that of what is expected. */
const meanDistance = (actual: Tensor, expected: Tensor): number =>
  tf.tidy(() => tf.norm(tf.sub(actual, expected)).dataSync()[0] / tf.norm(expected).dataSync()[0]);

describe('bf16 on TensorFlow', () => {
  onTensorFlow(fused => {
    for (const [name, { inputs, compute, minimal }] of Object.entries(bf16Cases))
      it(`${name}: values and gradients are those of rounded arguments`, () => {
        tf.tidy(() => {
          const given = inputs();
          const inBf16 = (chosen: Partial<Kernels>) =>
            valueAndGradients(chosen, given, (...x) => inPrecision('bf16', () => compute(...x)));
          const exact = valueAndGradients({}, given, compute);
          const rounded = inBf16({});
          for (const [i, tensor] of rounded.entries()) expect(distance(tensor, exact[i])).to.be.within(1e-4, 2e-2);
          for (const unit of [undefined, ...units]) {
            const actual = inBf16({
              ...fused(),
              bf16: unit && ownIn(unit),
            });
            if (unit === 'vectors' && minimal !== undefined)
              actual.forEach((tensor, i) => expect(distance(tensor, exact[i])).to.be.below(minimal));
            else actual.forEach((tensor, i) => expect(distance(tensor, rounded[i])).to.be.below(1e-5));
          }
        });
      });

    for (const [stride, exchange] of [[1], [2], [1, WORKER], [2, WORKER]] as const)
      it(`stores results that are normalised, stride ${stride}${exchange ? ', with another worker' : ''}: values and gradients are those of rounded results`, () => {
        tf.tidy(() => {
          const given = storedInputs();
          const inBf16 = (chosen: Partial<Kernels>) =>
            valueAndGradients(chosen, given, (...x) => inPrecision('bf16', () => stored(stride, exchange)(...x)));
          const exact = valueAndGradients({}, given, stored(stride, exchange));
          const rounded = inBf16({});
          for (const unit of units) {
            const actual = inBf16({ ...fused(), bf16: ownIn(unit) });
            // Sums that differ in the last bit may be rounded to different numbers in bf16, on either side of a relu.
            for (const expected of [rounded, exact])
              actual.forEach((tensor, i) =>
                expect(meanDistance(tensor, expected[i])).to.be.below(i === 0 ? 5e-3 : 8e-2),
              );
          }
        });
      });

    it('stores in bf16 only what batch normalisation reads', () => {
      tf.tidy(() => {
        const [x, filter] = storedInputs() as Tensor4D[];
        for (const unit of units) {
          useKernels({ ...fused(), bf16: ownIn(unit) });
          const result = (normalized: boolean) =>
            inPrecision('bf16', () => kernels.conv2d(x, { filter, stride: 1, padding: 1, normalized }));
          expect(result(false).dataSync()).to.have.length(3 * 9 * 7 * 32);
          expect(() => result(true).dataSync()).to.throw('TF_DataType');
          expect(() => tf.add(result(true), 1).dataSync()).to.throw('bfloat16');
          const bytes = (normalized: boolean) => allocationTrace(() => void result(normalized));
          expect(bytes(true)).to.deep.equal(bytes(false).map(all => all / 2));
        }
      });
    });
  });
});
