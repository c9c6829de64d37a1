import * as tf from '@tensorflow/tfjs-core';

/** Where the encoder is computed. */
export type BackendName = 'webgpu' | 'wasm';

export interface BackendChoice {
  /** By default WebGPU where the browser has a GPU for it, otherwise WebAssembly. */
  readonly backend?: BackendName;
  /** URL of the folder with the files .wasm of `@tensorflow/tfjs-backend-wasm`, or a URL for each; in Node.js not needed. */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
}

/** Activates a backend of TensorFlow.js. @throws Error if it cannot be used here */
export async function activate({ backend, wasmPaths }: BackendChoice): Promise<BackendName> {
  for (const name of backend === undefined ? (['webgpu', 'wasm'] as const) : [backend]) {
    if (backend === undefined && name === 'webgpu' && !(await hasGpu())) continue;
    await registered(name, wasmPaths);
    if (tf.getBackend() === name || (await tf.setBackend(name))) return name;
  }
  throw new Error(`${backend ?? 'WebAssembly'} cannot be used here: TensorFlow.js could not start it.`);
}

async function registered(name: BackendName, wasmPaths: BackendChoice['wasmPaths']): Promise<void> {
  if (tf.findBackendFactory(name)) {
    if (name === 'webgpu' || wasmPaths === undefined || tf.findBackend(name)) return;
  }
  if (name === 'webgpu') {
    await import('@tensorflow/tfjs-backend-webgpu');
    return;
  }
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths !== undefined) setWasmPaths(wasmPaths as string);
}

/** The parts of WebGPU's interface that are used. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly info?: { readonly isFallbackAdapter?: boolean };
    readonly isFallbackAdapter?: boolean;
  } | null>;
}

/** True if there is a GPU; those computed by the processor are slower than WebAssembly. */
async function hasGpu(): Promise<boolean> {
  const { gpu } = (globalThis as { readonly navigator?: { readonly gpu?: Gpu } }).navigator ?? {};
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return false;
  return !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false);
}
