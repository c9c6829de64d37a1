import type { Kernels } from '@carl-ssl/core';
import { batchNorm } from './batch-norm.js';
import { conv2d } from './conv2d.js';
import { addRelu, relu } from './relu.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

/** The kernels TensorFlow has faster forms of than a chain of operations. */
export const fusedKernels: Partial<Kernels> = { conv2d, batchNorm, relu, addRelu, softmaxCrossEntropy };
