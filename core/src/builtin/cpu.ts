import { Type } from '#typebox';
import type { Backend } from '../contracts/backend.js';
import { defineComponent } from '../plugin/define.js';
import { slots } from '../contracts/slots.js';
import '../tensor/engine.js';
import { tf } from '../tensor/tf.js';
import { registerFilterGradient } from './cpu-filter-gradient.js';

/** Floating-point operations per second of a training step; measured on ResNet-18. */
const FLOPS_PER_SECOND = 0.3e9;

/** TensorFlow.js in plain JavaScript: available everywhere, the reference for all kernels, and too slow to train on. */
export default defineComponent(slots.backend, {
  use: 'cpu',
  description: 'Plain JavaScript; runs everywhere, for tests and tiny experiments.',
  options: Type.Object({}, { additionalProperties: false }),
  create: (): Backend => ({
    name: 'cpu',
    rank: 0,
    probe: () => Promise.resolve({ available: true, reason: 'plain JavaScript, one thread, slow' }),
    activate: async () => {
      // Otherwise TensorFlow.js prints a greeting and advises another backend.
      tf.enableProdMode();
      registerFilterGradient();
      await tf.setBackend('cpu');
      return {};
    },
    fingerprint: () => ({
      name: 'cpu',
      versions: { tfjs: tf.version_core, node: process.versions.node },
      threads: 1,
      flags: {},
    }),
    estimate: ({ flops }) => ({ seconds: flops / FLOPS_PER_SECOND, threads: 1, inProcess: true }),
  }),
});
