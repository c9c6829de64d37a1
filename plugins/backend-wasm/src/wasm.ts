import { availableParallelism } from 'node:os';
import { getThreadsCount, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import {
  CarlError,
  counted,
  defineComponent,
  slots,
  tf,
  Type,
  type Availability,
  type Backend,
  type Kernels,
} from '@carl-ssl/core';
import { fusedKernels } from './fused.js';
import { loadBackend } from './load.js';
import { registerKernels } from './registry.js';
import { WebAssembly } from './web-assembly.js';
import { MOST_THREADS } from './workers.js';

/** Floating-point operations per second of a training step on one thread; measured on ResNet-18 and ViT. */
const FLOPS_PER_SECOND = 12e9;

/** TensorFlow.js on WebAssembly: needs no installation and runs on any processor with SIMD instructions. */
export default defineComponent(slots.backend, {
  use: 'wasm',
  description: 'TensorFlow.js on WebAssembly with one or more threads, and with the gradient kernels that it lacks.',
  source: 'https://github.com/tensorflow/tfjs/tree/master/tfjs-backend-wasm',
  options: Type.Object(
    {
      threads: Type.Union([Type.Integer({ minimum: 1, maximum: MOST_THREADS }), Type.Null()], {
        default: null,
        description: `Number of compute threads; null uses one per core, at most ${MOST_THREADS}.`,
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ threads }): Backend => {
    const wanted = threads ?? Math.min(MOST_THREADS, availableParallelism());
    return {
      name: 'wasm',
      rank: 50,
      probe: () => Promise.resolve(probe(wanted)),
      activate: () => activate(wanted),
      fingerprint: () => ({
        name: 'wasm',
        versions: { tfjs: tf.version_core, 'tfjs-backend-wasm': version_wasm, node: process.versions.node },
        threads: wanted,
        flags: { simd: 'true' },
      }),
      estimate: ({ flops }) => {
        // Threads share a part of the work only; the speed-up lies between 1 and their number.
        const speedUp = Math.sqrt(wanted);
        return { seconds: flops / (FLOPS_PER_SECOND * speedUp), threads: wanted, inProcess: true };
      },
    };
  },
});

/** Whether TensorFlow.js's backend of this name is one of {@link start}. */
let started = false;

// The smallest module with a vector instruction.
const SIMD = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);

function probe(threads: number): Availability {
  if (WebAssembly.validate(SIMD))
    return { available: true, reason: `WebAssembly with SIMD, ${counted(threads, 'thread')}` };
  return {
    available: false,
    reason: 'this processor or this Node has no WebAssembly SIMD instructions',
    remedy: 'Use `backend: { use: cpu }`, or a processor with SSE4.1 or NEON.',
  };
}

async function activate(threads: number): Promise<Partial<Kernels>> {
  try {
    registerKernels();
    await start(threads);
  } catch (cause) {
    const message = `The wasm backend did not start on ${threads} threads: ${String(cause)}. Try \`threads: 1\`, or \`backend: { use: cpu }\`.`;
    throw new CarlError('BACKEND_UNAVAILABLE', message, { cause });
  }
  return fusedKernels;
}

/** Makes it the current backend, with so many threads. Tensors of an earlier one with other threads are lost. */
async function start(threads: number): Promise<void> {
  if (!started || getThreadsCount() !== threads) {
    const backend = await loadBackend(threads);
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', () => backend);
    started = true;
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js could not initialise it');
}
