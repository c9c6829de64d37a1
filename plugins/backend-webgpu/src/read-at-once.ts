import * as tf from '@tensorflow/tfjs-core';
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

/** TensorFlow.js's backend on WebGPU, as far as it is used here. */
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

/** Gives the backend a `readSync` that waits for the GPU here and now; its own draws on a canvas, which Node has not. */
export function readAtOnce(backend: WebGPUBackend): void {
  const own = backend.readSync.bind(backend);
  backend.readSync = (id: object) => {
    const { dtype, values, resource } = backend.tensorMap.get(id);
    // What has a copy here, and complex numbers, which are two tensors.
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
