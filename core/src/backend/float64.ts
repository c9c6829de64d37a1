import cpu from '../builtin/cpu.js';
import { acceptAsTypedArray } from '../tensor/engine.js';
import { composedKernels, withKernels } from '../tensor/kernels.js';
import { tf } from '../tensor/tf.js';

/**
 * Runs work on the plain JavaScript backend with all numbers in float64, so that a difference from a reference comes from
 * the formula and not from rounding. The backend that was active is active again afterwards. Plain JavaScript keeps tensors
 * in arrays of the class called Float32Array, which is Float64Array while the work runs; nothing else should run meanwhile.
 */
export async function inFloat64<R>(work: () => Promise<R>): Promise<R> {
  // Empty before the first use of a backend.
  const active = tf.getBackend() as string | undefined;
  await cpu.create({}, {}).activate();
  try {
    return await withKernels(() => composedKernels, () => inWideArrays(work)); // prettier-ignore
  } finally {
    if (active) await tf.setBackend(active);
  }
}

async function inWideArrays<R>(work: () => Promise<R>): Promise<R> {
  const narrow = globalThis.Float32Array;
  const restore = acceptAsTypedArray(value => value instanceof Float64Array);
  globalThis.Float32Array = Float64Array as unknown as Float32ArrayConstructor;
  try {
    return await work();
  } finally {
    globalThis.Float32Array = narrow;
    restore();
  }
}
