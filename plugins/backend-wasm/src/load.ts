import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { WebAssembly } from './web-assembly.js';
import { withWorkers } from './workers.js';

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out');

/** The Emscripten module, as far as it is used here. */
interface Module {
  cwrap(name: string, result: 'number' | null, parameters: readonly string[]): (...values: number[]) => number;
  tfjs?: object;
}

interface Settings {
  readonly locateFile: (file: string) => string;
  readonly mainScriptUrlOrBlob: string;
  readonly instantiateWasm: (imports: { env: object }, receive: (instance: object, module: object) => void) => object;
}

/**
 * The backend on so many threads. TensorFlow.js itself starts several in browsers only, but its loader runs in Node
 * once it is given files instead of blobs, and a number of cores of which it takes half.
 */
export async function loadBackend(threads: number): Promise<BackendWasm> {
  const [script, binary] = threads > 1 ? ['-threaded-simd.js', '-threaded-simd.wasm'] : ['.js', '-simd.wasm'];
  const path = join(folder, `tfjs-backend-wasm${script}`);
  const compiled = await WebAssembly.compile(await readFile(join(folder, `tfjs-backend-wasm${binary}`)));
  const load = require(path) as (settings: Settings) => Promise<Module>;
  const settings: Settings = {
    locateFile: file => join(folder, file),
    mainScriptUrlOrBlob: path,
    instantiateWasm: (imports, receive) => {
      const env = { ...imports.env, emscripten_num_logical_cores: () => 2 * threads };
      void WebAssembly.instantiate(compiled, { ...imports, env }).then(instance => receive(instance, compiled));
      return {};
    },
  };
  return withWorkers(threads - 1, async () => {
    const module = await withoutListeners(() => load(settings));
    module.tfjs = bridge(module);
    setThreadsCount(threads);
    return new BackendWasm(module as never);
  });
}

/** The functions by which the backend registers and frees tensors. */
function bridge(module: Module): object {
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

/** Takes back the loader's hold on every uncaught error of the process, which it would print with its own source. */
function withoutListeners<T>(run: () => T): T {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map(event => new Set(process.listeners(event as 'exit')));
  const result = run();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'exit'))
      if (!before[i].has(listener)) process.removeListener(event, listener);
  });
  return result;
}
