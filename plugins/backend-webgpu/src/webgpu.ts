import type { Tensor4D } from '@tensorflow/tfjs-core';
import {
  CarlError,
  defineComponent,
  slots,
  tf,
  Type,
  type Backend,
  type BackendFingerprint,
  type Convolution,
  type DeviceMemory,
  type Kernels,
} from '@carl-ssl/core';
import { dawnVersion, type Adapter } from './dawn.js';
import { loadBackend } from './load.js';
import { nameOf, probe } from './probe.js';

/** TensorFlow.js on a GPU through Dawn, a WebGPU implementation on Vulkan, Metal or Direct3D. Its speed is not known: no estimate. */
export default defineComponent(slots.backend, {
  use: 'webgpu',
  description: 'TensorFlow.js on a GPU of any vendor through WebGPU (Vulkan, Metal or Direct3D 12), without CUDA.',
  source: 'https://github.com/tensorflow/tfjs/tree/master/tfjs-backend-webgpu',
  options: Type.Object({}, { additionalProperties: false }),
  create: (): Backend => ({ name: 'webgpu', rank: 75, probe, activate, fingerprint, memory: () => memoryOf(adapter) }),
});

/** The GPU of this process, opened once. */
let opened: ReturnType<typeof loadBackend> | undefined;
let adapter: Awaited<ReturnType<typeof loadBackend>> | undefined;

async function activate(): Promise<Partial<Kernels>> {
  const { available, reason, remedy } = await probe();
  if (!available) throw new CarlError('BACKEND_UNAVAILABLE', `webgpu: ${reason}.${remedy ? ` ${remedy}` : ''}`);
  try {
    opened ??= loadBackend();
    adapter = await opened;
    if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js cannot initialise the backend');
  } catch (cause) {
    const message = `WebGPU did not start on ${reason}: ${(cause as Error).message}. Use \`backend: { use: auto }\`, or update the GPU's driver.`;
    throw new CarlError('BACKEND_UNAVAILABLE', message, { cause });
  }
  return { conv2d };
}

/** Convolution with the padding as a number, so that no padded copy of the input is made or kept. */
function conv2d(input: Tensor4D, { filter, stride, padding }: Convolution): Tensor4D {
  return tf.conv2d(input, filter, stride, padding);
}

/** The GPU with its driver, and the versions of the packages that compile the kernels. */
function fingerprint(): BackendFingerprint {
  return {
    name: 'webgpu',
    versions: { tfjs: tf.version_core, webgpu: dawnVersion() ?? '', node: process.versions.node },
    threads: 1,
    flags: { adapter: adapter ? nameOf(adapter.info) : '' },
  };
}

/** The largest tensor that the GPU can hold; how much memory it has, WebGPU does not tell. */
function memoryOf(opened: Pick<Adapter, 'limits'> | undefined): DeviceMemory {
  const { maxBufferSize = Infinity, maxStorageBufferBindingSize = Infinity } = opened?.limits ?? {};
  const tensorBytes = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  return Number.isFinite(tensorBytes) ? { tensorBytes } : {};
}
