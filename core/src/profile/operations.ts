import { hookOperations } from '../tensor/engine.js';

/** Receives an operation's name, its start on the clock of `performance.now()`, and its duration, both in ms. */
export type OnOperation = (name: string, start: number, milliseconds: number) => void;

/**
 * Reports every operation until the returned function is called. With TensorFlow these are its own operations, fused ones
 * included; with other backends kernels of TensorFlow.js, each with the kernels it runs itself. On a backend that computes
 * asynchronously, such as WebGPU, the duration is the time to issue the operation.
 */
export function watchOperations(report: OnOperation): () => void {
  let inside = false;
  return hookOperations((name, run) => {
    if (inside) return run();
    inside = true;
    const start = performance.now();
    try {
      return run();
    } finally {
      inside = false;
      report(name, start, performance.now() - start);
    }
  });
}
