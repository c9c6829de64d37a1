import { tf } from '@carl-ssl/core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

interface Owner {
  disposeData(id: object): boolean;
}

/** Puts a form of a kernel, made of its own one, in its place. */
export function replaceKernel(kernelName: string, make: (own: KernelFunc) => KernelFunc): void {
  const { kernelFunc } = tf.getKernel(kernelName, 'webgpu');
  tf.unregisterKernel(kernelName, 'webgpu');
  tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: make(kernelFunc) });
}

/** Frees a value that a kernel made on the way to its result. */
export function free(backend: object, { dataId }: TensorInfo): void {
  (backend as Owner).disposeData(dataId);
}
