/** A thread of the WebAssembly module: runs the worker script of TensorFlow.js, which expects a CommonJS file's names. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { runInThisContext } from 'node:vm';

const require = createRequire(import.meta.url);
const path = require.resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js');
const { wasmWorkerContents } = require(path) as { wasmWorkerContents: string };

Object.assign(globalThis, { require, __filename: path, __dirname: dirname(path) });
// The script is in a template literal, in which its escaped line ends became real ones.
runInThisContext(wasmWorkerContents.replaceAll('\n', '\\n'), { filename: path });
