import type { Kernels } from '@carl-ssl/core';
import type { OwnOperations } from '../load.js';
import { batchNorm } from './batch-norm.js';
import { conv2d } from './conv2d.js';
import * as ownBatchNorm from './own-batch-norm.js';
import * as ownConv2d from './own-conv2d.js';
import * as ownLists from './own-lists.js';
import * as ownTransformer from './own-transformer.js';
import { addRelu, relu } from './relu.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

/** Kernels for which TensorFlow has fused operations. */
export const fusedKernels: Partial<Kernels> = { conv2d, batchNorm, relu, addRelu, softmaxCrossEntropy };

/** Returns the fused kernels, replaced by our own operations where these are registered. */
export function kernelsWith(own: OwnOperations): Partial<Kernels> {
  return {
    ...fusedKernels,
    ...(own.batchNorm && ownBatchNorm),
    ...(own.convolution && ownConv2d),
    ...(own.lists && ownLists),
    ...(own.transformer && ownTransformer),
  };
}
