import { defineComponent, slots } from '@carl-ssl/core';
import { TensorFlowBackend } from './backend.js';
import { resolveSettings } from './environment.js';
import { options } from './options.js';

/** TensorFlow on the processor. */
export const tensorflow = defineComponent(slots.backend, {
  use: 'tensorflow',
  description: "TensorFlow's C library on the CPU, with fused operations.",
  source: 'https://www.npmjs.com/package/@tensorflow/tfjs-node',
  options,
  create: chosen => new TensorFlowBackend('cpu', resolveSettings(chosen)),
});
