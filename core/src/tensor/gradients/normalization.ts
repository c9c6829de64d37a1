import type { FusedBatchNormAttrs, LRNAttrs, Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../engine-kernel.js';
import { tf } from '../tf.js';
import { passedTo, summedTo } from './broadcasting.js';
import { fromBoth, type GradientTable, type KernelGradient } from './gradient-table.js';

/** y = (x - mean) scale / sqrt(variance + epsilon) + offset, for given mean and variance. */
const batchNorm: KernelGradient = {
  inputsToSave: ['x', 'mean', 'variance', 'scale'],
  gradFunc: (slope, [x, mean, variance, scale], attributes) => {
    const { varianceEpsilon } = attributes as unknown as FusedBatchNormAttrs;
    const dy = slope as Tensor;
    const inverse = tf.rsqrt(tf.add(variance, varianceEpsilon));
    const centred = tf.sub(x, mean);
    const scaled = tf.mul(dy, scale);
    const cube = tf.mul(tf.mul(inverse, inverse), inverse);
    return {
      x: () => tf.mul(tf.mul(dy, inverse), scale),
      mean: () => summedTo(tf.mul(tf.mul(inverse, -1), scaled), mean),
      variance: () => summedTo(tf.mul(tf.mul(tf.mul(cube, -0.5), centred), scaled), variance),
      scale: () => summedTo(tf.mul(dy, tf.mul(centred, inverse)), scale),
      offset: () => passedTo(dy, mean),
    };
  },
};

/** Batch normalisation with given statistics, and local response normalisation. */
export const normalizations: GradientTable = {
  FusedBatchNorm: batchNorm,
  LRN: fromBoth<LRNAttrs>((dy, { x, y }, { depthRadius, bias, alpha, beta }) =>
    runKernel('LRNGrad', { x, y, dy }, { depthRadius, bias, alpha, beta }),
  ),
};
