import { CarlError, type Kernels } from '@carl-ssl/core';
import { useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import tensorflow from '@carl-ssl/backend-tensorflow';
import { skipped } from '../skipped.js';

/** The component, made with its defaults: TensorFlow takes one setting a process, so all tests share it. */
export const backend = tensorflow.components[0].create({ threads: null, oneDNN: true }, {});

/**
 * Runs the tests of a suite on TensorFlow; afterwards everything is as before. Where it is not installed they are
 * skipped with the reason printed, or fail if CI_TENSORFLOW is `required`.
 */
export function onTensorFlow(tests: (fused: () => Partial<Kernels>) => void): void {
  let fused: Partial<Kernels> = {};
  before(async function () {
    const { available, reason, remedy } = await backend.probe();
    if (available) fused = await backend.activate();
    else if (process.env.CI_TENSORFLOW === 'required') throw new CarlError('BACKEND_UNAVAILABLE', reason);
    else skipped(this, `TensorFlow cannot be used, ${reason}. ${remedy ?? ''}`);
  });
  after(async () => {
    useKernels({});
    await tf.setBackend('cpu');
  });
  tests(() => fused);
}
