import type { Kernels } from '@carl-ssl/core';
import type { OwnOperations } from '../load.js';
import { batchNorm } from './batch-norm.js';
import { conv2d } from './conv2d.js';
import { batchNorm as ownBatchNorm, batchNormRelu } from './own-batch-norm.js';
import { bf16Kernels, roundToBf16 } from './own-bf16.js';
import { conv2d as ownConv2d } from './own-conv2d.js';
import { batchNormReluConv2d } from './own-normalized-conv2d.js';
import { adamSteps, sumsOfSquares, weightedSums } from './own-lists.js';
import { attention, gelu, layerNorm } from './own-transformer.js';
import { addRelu, relu } from './relu.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

/** Kernels for which TensorFlow has fused operations. */
export const fusedKernels: Partial<Kernels> = { conv2d, batchNorm, relu, addRelu, softmaxCrossEntropy };

/** Returns the fused kernels, replaced by our own operations where these are registered. */
export function kernelsWith(own: OwnOperations): Partial<Kernels> {
  return {
    ...fusedKernels,
    ...(own.batchNorm && { batchNorm: ownBatchNorm, batchNormRelu }),
    ...(own.convolution > 0 && { conv2d: ownConv2d(own.convolution) }),
    ...(own.batchNorm && own.convolution > 0 && { batchNormReluConv2d: batchNormReluConv2d(own.convolution) }),
    ...(own.bf16 && { roundToBf16 }),
    ...(own.batchNorm && own.convolution > 0 && own.bf16Unit && { bf16: bf16Kernels(own.bf16Unit, own.convolution) }),
    ...(own.lists && { weightedSums, sumsOfSquares, adamSteps }),
    ...(own.transformer && { layerNorm, gelu, attention }),
  };
}
