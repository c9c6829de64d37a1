import { tf } from '@carl-ssl/core';
import { registerAddN } from './add-n.js';
import { openAdapter, type Adapter, type AdapterInfo, type Device, type Gpu } from './dawn.js';
import { followTurns } from './event-turns.js';
import { reportFailures } from './failures.js';
import { registerMatMul } from './mat-mul.js';
import { readAtOnce, type WebGPUBackend } from './read-at-once.js';

type BackendClass = new (device: Device, info: AdapterInfo) => WebGPUBackend;

/** Limits whose defaults are below what the tensors and kernels of a training step need. */
const LIMITS = [
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
];

/**
 * Registers TensorFlow.js's backend `webgpu` on this machine's GPU, and gives the GPU with its limits. Its own way of starting wants a
 * browser, and reads tensors on the spot through a canvas.
 */
export async function loadBackend(): Promise<Pick<Adapter, 'info' | 'limits'>> {
  followTurns();
  const { gpu, adapter } = await openAdapter();
  if (!adapter) throw new Error('no GPU was found');
  const library = (await import('@tensorflow/tfjs-backend-webgpu' as string)) as { WebGPUBackend: BackendClass };
  const device = await openDevice(adapter);
  const backend = withNavigator(gpu, () => new library.WebGPUBackend(device, adapter.info));
  readAtOnce(backend);
  reportFailures(backend, device);
  registerAddN();
  registerMatMul();
  tf.registerBackend('webgpu', () => backend);
  return adapter;
}

function openDevice(adapter: Adapter): Promise<Device> {
  const requiredLimits = Object.fromEntries(LIMITS.map(name => [name, adapter.limits[name]]));
  const requiredFeatures = adapter.features.has('timestamp-query') ? ['timestamp-query'] : [];
  return adapter.requestDevice({ requiredFeatures, requiredLimits });
}

/** The backend's constructor looks for `navigator.gpu`, which it does not use. */
function withNavigator<T>(gpu: Gpu, construct: () => T): T {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return construct();
  } finally {
    if (own) Object.defineProperty(globalThis, 'navigator', own);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}
