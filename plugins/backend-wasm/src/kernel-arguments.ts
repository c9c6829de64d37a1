import type { KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** What a kernel of the WebAssembly backend is called with, typed. */
export interface KernelCall {
  readonly backend: BackendWasm;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: NamedAttrMap;
}

/** A kernel of one output. */
export function kernel(compute: (call: KernelCall) => TensorInfo): KernelFunc {
  return ({ inputs, attrs, backend }) =>
    compute({
      inputs: inputs as Record<string, TensorInfo>,
      attrs: attrs ?? {},
      backend: backend as unknown as BackendWasm,
    });
}

/** Byte offset of a tensor's values on the heap. */
export function offsetOf(backend: BackendWasm, tensor: TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId);
}
