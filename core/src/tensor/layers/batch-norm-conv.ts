import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Pass } from '../../contracts/weights.js';
import { kernels } from '../kernels.js';
import { batchNormWeights, normalized, type BatchNormOptions, type NormalizationKernel } from './batch-norm.js';
import { conv, convolutionOf, type ConvOptions } from './conv.js';
import type { Layer } from './layer.js';

/**
 * Batch normalisation, relu and a convolution: [B, H, W, inputs] -> [B, ceil(H / stride), ceil(W / stride), outputs]. It
 * computes what the layers `batchNormRelu` and `conv` compute one after the other; on a backend that normalises while it
 * convolves, training does not store the images between them.
 */
export function batchNormReluConv(
  names: Readonly<Record<'norm' | 'conv', string>>,
  options: ConvOptions,
  normOptions: BatchNormOptions = {},
): Layer<Tensor4D> {
  const convolution = conv(names.conv, options);
  const norm = { name: names.norm, channels: options.inputs, options: normOptions };
  return {
    weights: [...batchNormWeights(norm.name, norm.channels, normOptions), ...convolution.weights],
    forward: (input, pass) => normalized(input, pass, { ...norm, kernel: kernelOf(names.conv, options, pass) }),
    // Counted without the images between the two, which not all backends store.
    cost: shape => convolution.cost(shape),
  };
}

function kernelOf(name: string, options: ConvOptions, pass: Pass): NormalizationKernel<Tensor4D> {
  const convolution = convolutionOf(name, options, pass);
  return {
    relu: true,
    train: (input, parameters) => kernels.batchNormReluConv2d(input, parameters, convolution),
    after: value => kernels.conv2d(value, convolution),
  };
}
