import * as tf from '@tensorflow/tfjs-core';

/** Runs the tests of a suite on the plain JavaScript backend and frees their tensors. */
export function onCpuInScope(): void {
  before(() => tf.setBackend('cpu'));
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());
}
