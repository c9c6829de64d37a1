import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { tf, withGradient, type Bf16Kernels, type Convolution } from '@carl-ssl/core';
import { operation } from './operation.js';
import type { Bf16Unit } from '../platform.js';
import { convolution, isInside, ownForm, run, type OwnForm } from './own-conv2d.js';
import { normalizeWithin } from './own-normalized-conv2d.js';

/** Rounds to bf16 in one pass; see `native/math/bf16.h`. */
export const roundToBf16 = (input: Tensor): Tensor => operation('CarlRoundToBf16', [input], { types: [] })[0];

/** Numbers of channels are multiples of the rows of a tile, for either unit. */
const MULTIPLE = 16;

/**
 * Convolutions and linear layers whose products take numbers in bf16; see `native/math/bf16-convolution.h`. Results that only
 * batch normalisation reads are stored in bf16, as are their gradients.
 * @param lanes number of which the channels of our convolutions in float32 are multiples
 */
export function bf16Kernels(unit: Bf16Unit, lanes: number): Bf16Kernels {
  const multiply = multiplyWith(unit);
  return {
    conv2d(input, by) {
      const form = formOf(unit, lanes, input, by);
      return form && convolution(form, by, by.normalized)(input, by.filter);
    },
    batchNormReluConv2d(input, parameters, by) {
      const form = formOf(unit, lanes, input, by);
      return form && normalizeWithin(form, true)(input, parameters, by);
    },
    ...(unit === 'vectors' && { float32Conv3x3: true }),
    linear: (input, weight) => (fits(input, ...weight.shape) ? multiply(input, weight) : undefined),
  };
}

/**
 * The form of our operations for a convolution in bf16. Instructions for vectors multiply twice as many numbers in bf16 as in
 * float32, so fewer multiplications in float32 take less time, and are more precise.
 */
function formOf(unit: Bf16Unit, lanes: number, input: Tensor4D, convolution: Convolution): OwnForm | undefined {
  if (unit === 'vectors' && ownForm(lanes, input, convolution) === 'minimal') return 'minimal';
  const { filter, padding } = convolution;
  return isInside(input, filter, padding) && fits(input, ...filter.shape.slice(2)) ? unit : undefined;
}

const fits = (input: Tensor, ...channels: readonly number[]): boolean =>
  input.size > 0 && channels.every(count => count % MULTIPLE === 0);

/** Multiplies rows by a transposed matrix, which is the gradient of a 1x1 convolution with that matrix, and the reverse. */
function multiplyWith(unit: Bf16Unit) {
  const convolve = (name: string, inputs: readonly Tensor[], height: number): Tensor =>
    run(name, inputs, { height, width: 1, stride: 1, padding: 0, form: unit });
  const pointwise = (name: string, rows: Tensor2D, weight: Tensor2D): Tensor2D => {
    const filter = tf.reshape(weight, [1, 1, ...weight.shape]);
    return tf.reshape(convolve(name, [asImage(rows), filter], rows.shape[0]), [rows.shape[0], -1]);
  };
  return withGradient((input: Tensor2D, weight: Tensor2D) => ({
    value: pointwise('CarlStridedConvolutionInputGradient', input, weight),
    saved: [input, weight],
    gradient: (dy, [x, w]) => [
      pointwise('CarlStridedConvolution', dy, w as Tensor2D),
      tf.reshape(convolve('CarlStridedConvolutionFilterGradient', [asImage(dy), asImage(x as Tensor2D)], 1), w.shape),
    ],
  }));
}

/** [N, C] as an image of N rows and one column. */
const asImage = (rows: Tensor2D): Tensor4D => tf.reshape(rows, [1, rows.shape[0], 1, rows.shape[1]]);
