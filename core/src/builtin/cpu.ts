import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import type { Backend } from '../contracts/backend.js';
import { defineComponent } from '../plugin/define.js';
import { slots } from '../contracts/slots.js';
import '../tensor/engine.js';
import { registerFilterGradient } from './cpu-filter-gradient.js';

/** TensorFlow.js in plain JavaScript: always there, exact to the operation, and too slow to train on. */
export default defineComponent(slots.backend, {
  use: 'cpu',
  description: 'Plain JavaScript; runs everywhere, for tests and tiny experiments.',
  options: Type.Object({}, { additionalProperties: false }),
  create: (): Backend => ({
    name: 'cpu',
    rank: 0,
    probe: () => Promise.resolve({ available: true, reason: 'plain JavaScript, one thread, slow' }),
    activate: async () => {
      // Without this TensorFlow.js greets the user and advises another backend.
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
  }),
});
