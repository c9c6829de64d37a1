import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as composed from './composed.js';
import { inBf16 } from './bf16.js';
import { normalizeThenConvolve } from './normalize-then-convolve.js';
import { scope } from './scope.js';
import { normalizeOverWorkers } from './worker-batch-norm.js';
import type { BatchNormParameters, Bf16Kernels, Kernels, Normalized, PlainBatchNorm } from '../contracts/kernels.js';

/** By the statistics of the input, or by those of all workers. */
function batchNorm<T extends Tensor2D | Tensor4D>(
  input: T,
  { exchange, ...parameters }: PlainBatchNorm,
): Normalized<T> {
  return exchange ? normalizeOverWorkers(input, parameters, exchange) : composed.batchNorm(input, parameters);
}

/** Composed of two kernels, each of which the backend may have in a faster form. */
function batchNormRelu<T extends Tensor2D | Tensor4D>(
  input: T,
  { shortcut, ...parameters }: BatchNormParameters<T>,
): Normalized<T> {
  return scope(() => {
    const { output, ...statistics } = active.batchNorm(input, parameters);
    return { output: shortcut ? active.addRelu(output, shortcut) : active.relu(output), ...statistics };
  });
}

/** All kernels in their composed form. */
export const composedKernels: Kernels = {
  ...composed,
  batchNorm,
  batchNormRelu,
  batchNormReluConv2d: (input, ...rest) => normalizeThenConvolve(active)(input, ...rest),
};

let active = composedKernels;

/** The kernels of the active backend; each falls back to its composed form. */
export const kernels: Kernels = {
  conv2d: (input, convolution) => active.conv2d(input, convolution),
  depthwiseConv2d: (input, filter) => active.depthwiseConv2d(input, filter),
  batchNorm: (input, parameters) => active.batchNorm(input, parameters),
  batchNormRelu: (input, parameters) => active.batchNormRelu(input, parameters),
  batchNormReluConv2d: (input, parameters, convolution) => active.batchNormReluConv2d(input, parameters, convolution),
  linear: (input, weight) => active.linear(input, weight),
  relu: input => active.relu(input),
  addRelu: (a, b) => active.addRelu(a, b),
  gelu: input => active.gelu(input),
  layerNorm: (input, scale, offset, epsilon) => active.layerNorm(input, scale, offset, epsilon),
  softmaxCrossEntropy: (logits, targets) => active.softmaxCrossEntropy(logits, targets),
  attention: (query, key, value) => active.attention(query, key, value),
  weightedSums: terms => active.weightedSums(terms),
  sumsOfSquares: tensors => active.sumsOfSquares(tensors),
  adamSteps: (places, rule) => active.adamSteps(places, rule),
  roundToBf16: input => active.roundToBf16(input),
};

/** Sets the fused kernels of a backend when it is activated; {} for composed kernels only. */
export function useKernels(fused: Partial<Kernels>): void {
  active = { ...composedKernels, ...fused };
}

/** Runs work with kernels made from the active ones, and restores these afterwards. */
export async function withKernels<R>(change: (own: Kernels) => Kernels, work: () => Promise<R>): Promise<R> {
  const own = active;
  active = change(own);
  try {
    return await work();
  } finally {
    active = own;
  }
}

/** Numbers that convolutions, linear layers and attention multiply in a training step. */
export type Precision = 'float32' | 'bf16';

/** Runs work whose convolutions, linear layers and attention take numbers of a precision. Within bf16, float32 changes nothing. */
export function inPrecision<R>(precision: Precision, work: () => R): R {
  const own = active;
  if (precision === 'bf16') active = inBf16(own);
  try {
    return work();
  } finally {
    active = own;
  }
}

/** The kernels of the active backend that multiply numbers in bf16; undefined if numbers in float32 are rounded instead. */
export const bf16KernelsInUse = (): Bf16Kernels | undefined => active.bf16;
