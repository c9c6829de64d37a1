import type {
  Conv2DAttrs,
  Conv2DBackpropInputAttrs,
  Conv3DAttrs,
  DepthwiseConv2dNativeAttrs,
  Dilation2DAttrs,
  Tensor,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../engine-kernel.js';
import { tf } from '../tf.js';
import { dense, thinned } from './dilated-filter.js';
import type { GradientTable, KernelGradient } from './gradient-table.js';

/** Kernels for the gradients of one kind of convolution, and the attributes that both take. */
interface Backward<A> {
  readonly input: string;
  readonly filter: string;
  readonly attributes: (attributes: A) => object;
}

function convolution<A extends { readonly dilations: number | number[] }>(kernels: Backward<A>): KernelGradient {
  return {
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, [x, filter], given) => {
      const attributes = kernels.attributes(given as unknown as A);
      const { dilations } = given as unknown as A;
      const spread = dense(filter, dilations);
      const inputs = { dy: dy as Tensor };
      return {
        x: () => runKernel(kernels.input, { ...inputs, filter: spread }, { ...attributes, inputShape: x.shape }),
        filter: () => {
          const gradient = runKernel(kernels.filter, { ...inputs, x }, { ...attributes, filterShape: spread.shape });
          return thinned(gradient, dilations);
        },
      };
    },
  };
}

const conv2d = convolution<Conv2DAttrs>({
  input: 'Conv2DBackpropInput',
  filter: 'Conv2DBackpropFilter',
  attributes: ({ strides, pad, dataFormat, dimRoundingMode }) => ({ strides, pad, dataFormat, dimRoundingMode }),
});

const depthwise = convolution<DepthwiseConv2dNativeAttrs>({
  input: 'DepthwiseConv2dNativeBackpropInput',
  filter: 'DepthwiseConv2dNativeBackpropFilter',
  attributes: ({ strides, pad, dimRoundingMode }) => ({ strides, pad, dimRoundingMode, dilations: 1 }),
});

const conv3d = convolution<Conv3DAttrs>({
  input: 'Conv3DBackpropInputV2',
  filter: 'Conv3DBackpropFilterV2',
  attributes: ({ strides, pad }) => ({ strides, pad }),
});

/** The gradient of a transposed convolution is the convolution, and its filter's that of the convolution with input and output exchanged. */
const transposed: KernelGradient = {
  inputsToSave: ['dy', 'filter'],
  gradFunc: (slope, [dy, filter], given) => {
    const { strides, pad, dataFormat, dimRoundingMode } = given as unknown as Conv2DBackpropInputAttrs;
    const x = slope as Tensor4D;
    const attributes = { strides, pad, dataFormat, dimRoundingMode, filterShape: filter.shape };
    return {
      dy: () => tf.conv2d(x, filter as Tensor4D, strides, pad, dataFormat, 1, dimRoundingMode),
      filter: () => runKernel('Conv2DBackpropFilter', { x, dy }, attributes),
    };
  },
};

/** Grey-scale dilation: the largest sum of pixel and filter in each window. */
const dilation: KernelGradient = {
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, [x, filter], given) => {
    const { strides, pad, dilations } = given as unknown as Dilation2DAttrs;
    const inputs = { x, filter, dy: dy as Tensor };
    return {
      x: () => runKernel('Dilation2DBackpropInput', inputs, { strides, pad, dilations }),
      filter: () => runKernel('Dilation2DBackpropFilter', inputs, { strides, pad, dilations }),
    };
  },
};

/** Convolutions. */
export const convolutions: GradientTable = {
  Conv2D: conv2d,
  Conv2DBackpropInput: transposed,
  Conv3D: conv3d,
  DepthwiseConv2dNative: depthwise,
  Dilation2D: dilation,
};
