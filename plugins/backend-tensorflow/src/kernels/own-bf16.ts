import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { tf, withGradient, type Bf16Kernels } from '@carl-ssl/core';
import { operation } from './operation.js';
import { convolution, isInside } from './own-conv2d.js';
import { normalizeWithin } from './own-normalized-conv2d.js';

/** Rounds to bf16 in one pass; see `native/math/bf16.h`. */
export const roundToBf16 = (input: Tensor): Tensor => operation('CarlRoundToBf16', [input], { types: [] })[0];

/** Rows of a tile of the processor, of which numbers of channels are multiples. */
const TILE = 16;

/** Convolutions and linear layers on the tiles of the processor; see `native/math/bf16-convolution.h`. */
export const bf16Kernels: Bf16Kernels = {
  conv2d(input, filter, stride, padding) {
    if (!convolves(input, filter, padding)) return undefined;
    return convolution({ stride, padding, bf16: true })(input, filter);
  },
  batchNormReluConv2d(input, parameters, convolution) {
    const { filter, padding } = convolution;
    if (!convolves(input, filter, padding)) return undefined;
    return normalizeWithin('bf16')(input, parameters, convolution);
  },
  linear: (input, weight) => (fits(input, ...weight.shape) ? multiply(input, weight) : undefined),
};

const convolves = (input: Tensor4D, filter: Tensor4D, padding: number): boolean =>
  isInside(input, filter, padding) && fits(input, ...filter.shape.slice(2));

const fits = (input: Tensor, ...channels: readonly number[]): boolean =>
  input.size > 0 && channels.every(count => count % TILE === 0);

/** A product with a transposed matrix is the gradient of a 1x1 convolution with that matrix, and the reverse. */
const multiply = withGradient((input: Tensor2D, weight: Tensor2D) => ({
  value: pointwise('CarlStridedConvolutionInputGradient', input, weight),
  saved: [input, weight],
  gradient: (dy, [x, w]) => [
    pointwise('CarlStridedConvolution', dy, w as Tensor2D),
    tf.reshape(convolve('CarlStridedConvolutionFilterGradient', [asImage(dy), asImage(x as Tensor2D)], 1), w.shape),
  ],
}));

/** [N, C] as an image of N rows and one column. */
const asImage = (rows: Tensor2D): Tensor4D => tf.reshape(rows, [1, rows.shape[0], 1, rows.shape[1]]);

function pointwise(name: string, rows: Tensor2D, weight: Tensor2D): Tensor2D {
  const filter = tf.reshape(weight, [1, 1, ...weight.shape]);
  const result = convolve(name, [asImage(rows), filter], rows.shape[0]);
  return tf.reshape(result, [rows.shape[0], -1]);
}

function convolve(name: string, inputs: readonly Tensor[], height: number): Tensor {
  const attributes = { height, width: 1, stride: 1, padding: 0, bf16: true };
  return operation(name, inputs, { types: [], attributes })[0];
}
