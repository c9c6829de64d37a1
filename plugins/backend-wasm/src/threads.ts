import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { WebAssembly } from './web-assembly.js';

const require = createRequire(import.meta.url);
const SCRIPT = 'tfjs-backend-wasm-threaded-simd.js';

/** Folder of the WebAssembly files and of the scripts that load them. */
export const wasmFolder = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out');

/** The Emscripten module, as far as it is used here. */
interface ThreadedModule {
  cwrap(name: string, result: 'number' | null, parameters: readonly string[]): (...values: number[]) => number;
  tfjs?: object;
  readonly PThread: { readonly unusedWorkers: Worker[]; readonly runningWorkers: Worker[] };
}

interface Settings {
  readonly locateFile: (file: string) => string;
  readonly mainScriptUrlOrBlob: string;
  readonly instantiateWasm: (imports: { env: object }, receive: (instance: object, module: object) => void) => object;
}

/** Pool size compiled into the module. */
export const MOST_THREADS = 8;

/**
 * The multi-threaded backend, which TensorFlow.js itself starts in browsers only: its loader runs in Node once it is
 * given files instead of blobs, and a number of cores of which it takes half.
 */
export async function threadedBackend(threads: number): Promise<BackendWasm> {
  const load = require(`@tensorflow/tfjs-backend-wasm/wasm-out/${SCRIPT}`) as (
    settings: Settings,
  ) => Promise<ThreadedModule>;
  const compiled = await WebAssembly.compile(await readFile(join(wasmFolder, SCRIPT.replace('.js', '.wasm'))));
  const module = await load({
    locateFile: file =>
      file.endsWith('.worker.js') ? fileURLToPath(new URL('./thread.js', import.meta.url)) : join(wasmFolder, file),
    mainScriptUrlOrBlob: join(wasmFolder, SCRIPT),
    instantiateWasm: (imports, receive) => {
      const env = { ...imports.env, emscripten_num_logical_cores: () => 2 * threads };
      void WebAssembly.instantiate(compiled, { ...imports, env }).then(instance => receive(instance, compiled));
      return {};
    },
  });
  module.tfjs = bridge(module);
  setThreadsCount(threads);
  const backend = new BackendWasm(module as never);
  // The loader starts a fixed number of workers, and those that run would keep the process alive.
  module.PThread.unusedWorkers.splice(0).forEach(worker => void worker.terminate());
  module.PThread.runningWorkers.forEach(worker => worker.unref());
  return backend;
}

/** The functions by which the backend registers and frees tensors. */
function bridge(module: ThreadedModule): object {
  const numbers = (count: number) => Array.from({ length: count }, () => 'number');
  return {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, numbers(1)),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, numbers(3)),
    disposeData: module.cwrap('dispose_data', null, numbers(1)),
    dispose: module.cwrap('dispose', null, []),
  };
}
