import type { Tensor4D } from '@tensorflow/tfjs';
import { withGradient } from '@carl-ssl/core';
import { conv2d as conv2dOfTensorFlow } from './conv2d.js';
import { operation } from './operation.js';

/** Channels that our operation takes at once. */
const LANES = 16;

/**
 * Convolution as torch's. Those of 3x3, stride 1 and padding 1, nearly all work of a ResNet, go to our own operations, which
 * need 2.25 times fewer multiplications; see `native/convolution.cc`. TensorFlow's compute the others.
 */
export function conv2d(input: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  const [height, width, inputs, outputs] = filter.shape;
  const same = height === 3 && width === 3 && stride === 1 && padding === 1;
  const whole = inputs % LANES === 0 && outputs % LANES === 0;
  return same && whole && input.size > 0 ? convolve(input, filter) : conv2dOfTensorFlow(input, filter, stride, padding);
}

const convolve = withGradient((input: Tensor4D, filter: Tensor4D) => ({
  value: convolution(input, filter, false),
  saved: [input, filter],
  gradient: (dy, [x, w]) => [
    convolution(dy, w as Tensor4D, true),
    operation('CarlConvolutionFilterGradient', [x, dy], { types: [] })[0],
  ],
}));

function convolution(input: Tensor4D, filter: Tensor4D, backward: boolean): Tensor4D {
  const [output] = operation('CarlConvolution', [input, filter], { types: [], attributes: { backward } });
  return output as Tensor4D;
}
