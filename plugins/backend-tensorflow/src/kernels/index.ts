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

/** The kernels TensorFlow has faster forms of than a chain of operations. */
export const fusedKernels: Partial<Kernels> = { conv2d, batchNorm, relu, addRelu, softmaxCrossEntropy };

/** These, with our own operations where TensorFlow has them. */
export function kernelsWith(own: OwnOperations): Partial<Kernels> {
  return {
    ...fusedKernels,
    ...(own.batchNorm && ownBatchNorm),
    ...(own.convolution && ownConv2d),
    ...(own.lists && ownLists),
    ...(own.transformer && ownTransformer),
  };
}
