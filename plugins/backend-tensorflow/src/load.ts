import { tf } from '@carl-ssl/core';
import Module, { createRequire } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonFile, kernelsFile, muteFile, packageFolder } from './cache.js';
import { hasKernels, type InstallRecord } from './install-record.js';
import { bestBf16Unit, bestInstructions, type Bf16Unit } from './platform.js';
import { allowingBf16, type NodeBackend } from './kernels/operation.js';
import { replaceKernelsWithMethods } from './kernels/without-methods.js';

/** The C++ addon, as far as it is used here; `TF_Version` is TensorFlow's. */
export interface Addon {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

/** Families of our own operations, for processors: whether TensorFlow has them. */
export interface OwnOperations extends Readonly<Record<'batchNorm' | 'bf16' | 'lists' | 'transformer', boolean>> {
  /** What multiplies the numbers in bf16 that convolutions can take; undefined if nothing does. */
  readonly bf16Unit?: Bf16Unit;
  /** The number of which the channels of our convolutions are multiples; 0 without them. */
  readonly convolution: number;
}

const NONE: OwnOperations = {
  batchNorm: false,
  bf16: false,
  convolution: 0,
  lists: false,
  transformer: false,
};

type Resolve = (request: string, parent: { filename?: string } | undefined, ...rest: unknown[]) => string;

const own = createRequire(import.meta.url);

/**
 * Loads tfjs-node from an installation and registers it as TensorFlow.js's backend `tensorflow`. Of the package only the
 * kernels, the backend class and the addon are loaded: its entry point would want packages that serve its own installer.
 */
export function loadBackend(folder: string): Addon {
  const load = createRequire(packageFolder(folder) + sep);
  const addon = loadQuietly(folder, load);
  const { NodeJSKernelBackend } = withSharedCore(folder, () => {
    load('./dist/register_all_kernels.js');
    return load('./dist/nodejs_kernel_backend.js') as {
      NodeJSKernelBackend: new (addon: Addon, name: string) => NodeBackend;
    };
  });
  replaceKernelsWithMethods();
  const name = addon.isUsingGpuDevice() ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  tf.registerBackend('tensorflow', () => allowingBf16(new NodeJSKernelBackend(addon, name)), 3);
  return addon;
}

/**
 * Registers our own operations with the TensorFlow that was loaded, those for its device. Only a file that the record of the
 * installation lists was checked and is loaded.
 */
export function loadOperations(folder: string, addon: Addon, record: InstallRecord | undefined): OwnOperations {
  const instructions = bestInstructions();
  if (addon.isUsingGpuDevice() || !record || !instructions || !hasKernels(folder, record, instructions)) return NONE;
  const { vectors, tiles, ...operations } = own(kernelsFile(folder, instructions)) as OwnOperations & Has;
  return { ...operations, bf16Unit: bf16Unit({ vectors, tiles }) };
}

/** The units for bf16 that an addon was compiled for and the process may use. */
type Has = Readonly<Record<Bf16Unit, boolean>>;

function bf16Unit(has: Has): Bf16Unit | undefined {
  const best = bestBf16Unit();
  if (best === 'tiles' && has.tiles) return 'tiles';
  return best && has.vectors ? 'vectors' : undefined;
}

/** The addon, without the banner its libraries print; at TF_CPP_MIN_LOG_LEVEL=0 with it. */
function loadQuietly(folder: string, load: NodeJS.Require): Addon {
  if (process.env.TF_CPP_MIN_LOG_LEVEL === '0') return load(addonFile(folder)) as Addon;
  const errors = load(muteFile(folder)) as { mute(): void; restore(): void };
  errors.mute();
  try {
    return load(addonFile(folder)) as Addon;
  } finally {
    errors.restore();
  }
}

/** Runs `load` while the installation's requests for TensorFlow.js get this program's copy: two copies would not know each other's tensors. */
function withSharedCore<T>(folder: string, load: () => T): T {
  const loader = Module as unknown as { _resolveFilename: Resolve };
  const original = loader._resolveFilename;
  loader._resolveFilename = (request, parent, ...rest) => {
    const inside = parent?.filename?.startsWith(folder + sep);
    return (inside && shared(request)) || original.call(loader, request, parent, ...rest);
  };
  try {
    return load();
  } finally {
    loader._resolveFilename = original;
  }
}

/** The file of this program that an installation gets for a request, if it gets one. */
function shared(request: string): string | undefined {
  if (request === 'util') return fileURLToPath(new URL('../assets/util.cjs', import.meta.url));
  if (request === '@tensorflow/tfjs') return own.resolve('@tensorflow/tfjs-core');
  if (request.startsWith('@tensorflow/tfjs-')) return own.resolve(request);
  return undefined;
}
