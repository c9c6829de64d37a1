import type { TensorInfo } from '@tensorflow/tfjs-core';
import { free, replaceKernel } from './replace-kernel.js';

/** What every GPU takes: a kernel reads at least 8 buffers and writes one of them. */
const MOST = 7;

/** Sums of more tensors than a kernel can read, as a gradient's norm is over all weights, a few at a time. */
export function registerAddN(): void {
  replaceKernel('AddN', own => ({ inputs, backend }) => {
    const sum = (some: readonly TensorInfo[]): TensorInfo =>
      own({ inputs: some as never, attrs: {}, backend }) as TensorInfo;
    const [first, ...rest] = inputs as unknown as TensorInfo[];
    let total = sum([first, ...rest.splice(0, MOST - 1)]);
    while (rest.length > 0) {
      const part = total;
      total = sum([part, ...rest.splice(0, MOST - 1)]);
      free(backend, part);
    }
    return total;
  });
}
