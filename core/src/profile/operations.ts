import * as tf from '@tensorflow/tfjs-core';

/** Is told how long an operation took; times in ms, on the clock of `performance.now()`. */
export type OnOperation = (name: string, start: number, milliseconds: number) => void;

type Method = (name: string, ...rest: unknown[]) => unknown;

/**
 * Tells of every operation until the returned function is called. TensorFlow's own are seen at its binding, the fused
 * ones among them; other backends' at TensorFlow.js's engine, so what a kernel computes inside counts as that kernel.
 * On a backend that computes beside, such as WebGPU, it is the time to issue them.
 */
export function watchOperations(told: OnOperation): () => void {
  const binding = tf.backend() as unknown as Record<string, Method>;
  const atBinding = 'executeSingleOutput' in binding;
  const target = atBinding ? binding : (tf.engine() as unknown as Record<string, Method>);
  const methods = atBinding ? ['executeSingleOutput', 'executeMultipleOutputs'] : ['runKernel'];
  let inside = false;
  for (const method of methods) {
    const original = target[method];
    target[method] = (name, ...rest) => {
      if (inside) return original.call(target, name, ...rest);
      inside = true;
      const start = performance.now();
      try {
        return original.call(target, name, ...rest);
      } finally {
        inside = false;
        told(name, start, performance.now() - start);
      }
    };
  }
  // The methods are those of the class again.
  return () => methods.forEach(method => Reflect.deleteProperty(target, method));
}
