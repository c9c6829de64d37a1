import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { connected, type UnconnectedModule } from './native.js';
import { WebAssembly } from './web-assembly.js';
import { withWorkers } from './workers.js';

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out');

interface Settings {
  readonly locateFile: (file: string) => string;
  readonly mainScriptUrlOrBlob: string;
  readonly instantiateWasm: (imports: { env: object }, receive: (instance: object, module: object) => void) => object;
}

/**
 * Loads the backend with a number of threads. TensorFlow.js starts several threads in browsers only, but its loader also
 * runs in Node when it gets files instead of blobs, and a number of cores, of which it uses half.
 */
export async function loadBackend(threads: number): Promise<BackendWasm> {
  const [script, binary] = threads > 1 ? ['-threaded-simd.js', '-threaded-simd.wasm'] : ['.js', '-simd.wasm'];
  const path = join(folder, `tfjs-backend-wasm${script}`);
  const compiled = await WebAssembly.compile(await readFile(join(folder, `tfjs-backend-wasm${binary}`)));
  const load = require(path) as (settings: Settings) => Promise<UnconnectedModule>;
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
    const module = connected(await withoutListeners(() => load(settings)));
    setThreadsCount(threads);
    return new BackendWasm(module as never);
  });
}

/** Runs a function and removes the listeners for uncaught errors that it added: the loader's would print its own source. */
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
