import { tf } from '@carl-ssl/core';
import { turnUntil } from './event-turns.js';

/** A buffer of the GPU. */
interface GpuBuffer {
  readonly size: number;
  readonly mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

interface TensorData {
  readonly dtype: tf.DataType;
  readonly values?: tf.backend_util.BackendValues | null;
  readonly resource?: GpuBuffer;
}

/**
 * The private parts of TensorFlow.js's WebGPU backend; no other file of this plugin uses any. Besides these there is its
 * constructor, which takes a device and a description of the adapter, in `load.ts`.
 */
export interface WebGPUBackend extends tf.KernelBackend {
  readonly tensorMap: { get(id: object): TensorData };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number): GpuBuffer;
    releaseBuffer(buffer: GpuBuffer): void;
  };
  readonly commandEncoder: {
    copyBufferToBuffer(from: GpuBuffer, start: number, to: GpuBuffer, at: number, size: number): void;
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  convertAndCacheOnCPU(id: object, values: tf.backend_util.BackendValues): tf.backend_util.BackendValues;
}

// Constants of WebGPU: GPUMapMode.READ, GPUBufferUsage.MAP_READ and COPY_DST.
const READ = 1;
const MAP_READ = 1;
const COPY_DST = 8;

/** Gives the backend a `readSync` that blocks until the GPU has finished; its own draws on a canvas, which Node lacks. */
export function readAtOnce(backend: WebGPUBackend): void {
  const own = backend.readSync.bind(backend);
  backend.readSync = (id: object) => {
    const { dtype, values, resource } = backend.tensorMap.get(id);
    // Tensors with a copy on the host, and complex numbers, which are two tensors.
    if (values || !resource) return own(id);
    const bytes = download(backend, resource);
    return backend.convertAndCacheOnCPU(id, tf.util.convertBackendValuesAndArrayBuffer(bytes, dtype));
  };
}

function download(backend: WebGPUBackend, buffer: GpuBuffer): ArrayBuffer {
  const { size } = buffer;
  const copy = backend.bufferManager.acquireBuffer(size, MAP_READ | COPY_DST);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.copyBufferToBuffer(buffer, 0, copy, 0, size);
  backend.submitQueue();
  void copy.mapAsync(READ).catch(() => undefined);
  turnUntil(() => copy.mapState !== 'pending');
  const bytes = copy.getMappedRange().slice(0);
  copy.unmap();
  backend.bufferManager.releaseBuffer(copy);
  return bytes;
}
