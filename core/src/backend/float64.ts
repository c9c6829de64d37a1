import * as tf from '@tensorflow/tfjs-core';
import { composedKernels, withKernels } from '../tensor/kernels.js';
import cpu from '../builtin/cpu.js';

/**
 * Runs work on the plain JavaScript backend with all numbers in float64, whatever backend is active before and after.
 * That one keeps tensors in arrays of the language, and takes for float32 what is called Float32Array: for as long as
 * the work runs that is Float64Array. So what differs from a reference is the formula and not the rounding. Nothing else
 * should run meanwhile.
 */
export async function inFloat64<R>(work: () => Promise<R>): Promise<R> {
  const active = tf.getBackend();
  await cpu.create({}, {}).activate();
  try {
    return await withKernels(() => composedKernels, () => inWideArrays(work)); // prettier-ignore
  } finally {
    await tf.setBackend(active);
  }
}

async function inWideArrays<R>(work: () => Promise<R>): Promise<R> {
  const { platform } = tf.env();
  const [narrow, isTypedArray] = [globalThis.Float32Array, platform.isTypedArray.bind(platform)];
  globalThis.Float32Array = Float64Array as unknown as Float32ArrayConstructor;
  platform.isTypedArray = (value): value is Float32Array => isTypedArray(value) || value instanceof Float64Array;
  try {
    return await work();
  } finally {
    globalThis.Float32Array = narrow;
    platform.isTypedArray = isTypedArray;
  }
}
