import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What every GPU takes: a kernel reads at least 8 buffers and writes one of them. */
const MOST = 7;

interface Owner {
  disposeData(id: object): boolean;
}

/** Sums of more tensors than a kernel can read, as a gradient's norm is over all weights, a few at a time. */
export function registerAddN(): void {
  const own = tf.getKernel('AddN', 'webgpu').kernelFunc;
  const sum = (inputs: readonly TensorInfo[], backend: object): TensorInfo =>
    own({ inputs: inputs as never, attrs: {}, backend }) as TensorInfo;
  tf.unregisterKernel('AddN', 'webgpu');
  tf.registerKernel({
    kernelName: 'AddN',
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => {
      const [first, ...rest] = inputs as unknown as TensorInfo[];
      let total = sum([first, ...rest.splice(0, MOST - 1)], backend);
      while (rest.length > 0) {
        const part = total;
        total = sum([part, ...rest.splice(0, MOST - 1)], backend);
        (backend as Owner).disposeData(part.dataId);
      }
      return total;
    },
  });
}
