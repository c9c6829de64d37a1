import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { withGradient, type Convolution, type Kernels } from '@carl-ssl/core';
import type { Bf16Unit } from '../platform.js';
import { conv2d as conv2dOfTensorFlow } from './conv2d.js';
import { operation } from './operation.js';

/**
 * Convolution with PyTorch's padding. Convolutions of 3x3 with stride 1 and padding 1, which are most of the work of a
 * ResNet, use our operations with up to 4 times fewer multiplications (`native/math/convolution.h`); strided
 * convolutions use those of `native/math/strided-convolution.h`. TensorFlow's operations compute the others.
 * @param lanes number of which the channels in our operations are multiples
 */
export function conv2d(lanes: number): Kernels['conv2d'] {
  return (input, by) => {
    const form = ownForm(lanes, input, by);
    return form ? convolution(form, by)(input, by.filter) : conv2dOfTensorFlow(input, by);
  };
}

/**
 * Forms of our convolutions: in float32 with fewer multiplications, in float32 of any stride, or with products of numbers in
 * bf16.
 */
export type OwnForm = 'minimal' | 'direct' | Bf16Unit;

/** The form of our operations that computes a convolution in float32; undefined if TensorFlow does. */
export function ownForm(lanes: number, input: Tensor4D, { filter, stride, padding }: Convolution): OwnForm | undefined {
  const [height, width, inputs, outputs] = filter.shape;
  if (inputs % lanes !== 0 || outputs % lanes !== 0 || input.size === 0) return undefined;
  if (stride > 1 && isInside(input, filter, padding)) return 'direct';
  return height === 3 && width === 3 && padding === 1 && stride === 1 ? 'minimal' : undefined;
}

/** Whether the filter does not exceed the padded image. */
export const isInside = (
  { shape: [, rows, columns] }: Tensor4D,
  { shape: [height, width] }: Tensor4D,
  padding: number,
): boolean => height <= rows + 2 * padding && width <= columns + 2 * padding;

/**
 * A convolution by our operations, with its gradients.
 * @param bf16Result whether the result is stored in bf16; then its gradient may be
 */
export function convolution(form: OwnForm, { stride, padding }: Omit<Convolution, 'filter'>, bf16Result = false) {
  if (form === 'minimal') return minimalConvolution(bf16Result);
  const settings = { form, stride, padding };
  return withGradient((input: Tensor4D, filter: Tensor4D) => {
    const imageSize = { height: input.shape[1], width: input.shape[2], ...settings };
    const filterSize = { height: filter.shape[0], width: filter.shape[1], ...settings };
    return {
      value: run('CarlStridedConvolution', [input, filter], filterSize, bf16Result),
      saved: [input, filter],
      gradient: (dy, [x, w]) => [
        run('CarlStridedConvolutionInputGradient', [dy, w], imageSize),
        run('CarlStridedConvolutionFilterGradient', [x, dy], filterSize),
      ],
    };
  });
}

const minimalConvolution = (bf16Result: boolean) =>
  withGradient((input: Tensor4D, filter: Tensor4D) => ({
    value: run('CarlConvolution', [input, filter], { backward: false }, bf16Result),
    saved: [input, filter],
    gradient: (dy, [x, w]) => [
      run('CarlConvolution', [dy, w], { backward: true }),
      run('CarlConvolutionFilterGradient', [x, dy]),
    ],
  }));

/** Runs one of our convolutions, or a gradient of one. The result is stored in float32, or in bf16. */
export function run(
  name: string,
  inputs: readonly Tensor[],
  attributes: Readonly<Record<string, number | boolean | string>> = {},
  bf16Result = false,
) {
  return operation(name, inputs, { types: [], attributes, bf16: bf16Result ? ['Y'] : [] })[0] as Tensor4D;
}
