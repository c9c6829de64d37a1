import { definePlugin } from '@carl-ssl/core';
import wasm from './wasm.js';

/** TensorFlow.js on WebAssembly. */
export default definePlugin({ name: '@carl-ssl/backend-wasm', components: [wasm] });
