import { defineComponent, slots } from '@carl-ssl/core';
import { TensorFlowBackend } from './backend.js';
import { resolveSettings } from './environment.js';
import { options } from './options.js';

/** TensorFlow on an NVIDIA GPU. A component of its own, so that a pipeline that names it never runs elsewhere unnoticed. */
export const tensorflowGpu = defineComponent(slots.backend, {
  use: 'tensorflow-gpu',
  description: "TensorFlow's C library on an NVIDIA GPU, with fused operations.",
  source: 'https://www.npmjs.com/package/@tensorflow/tfjs-node-gpu',
  options,
  create: chosen => new TensorFlowBackend('gpu', resolveSettings(chosen)),
});
