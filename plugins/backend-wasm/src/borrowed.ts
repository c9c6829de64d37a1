import { tf } from '@carl-ssl/core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** A kernel this backend lacks, computed by that of TensorFlow.js's plain JavaScript backend on copies of the data. */
export function borrowed(name: string): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const wasm = backend as unknown as BackendWasm;
    const host = tf.findBackend('cpu') as MathBackendCPU;
    const given = Object.entries(inputs as Record<string, TensorInfo>);
    const lent = given.map(
      ([key, x]) => [key, host.makeTensorInfo(x.shape, x.dtype, wasm.readSync(x.dataId))] as const,
    );
    // Kernels with any number of inputs take them as a list.
    const arguments_ = Array.isArray(inputs) ? lent.map(([, x]) => x) : Object.fromEntries(lent);
    const result = tf
      .getKernel(name, 'cpu')
      .kernelFunc({ inputs: arguments_ as never, attrs, backend: host }) as TensorInfo;
    const output = wasm.makeOutput(result.shape, result.dtype, undefined, host.readSync(result.dataId));
    for (const { dataId } of [...lent.map(([, x]) => x), result]) host.disposeData(dataId, true);
    return output;
  };
}
