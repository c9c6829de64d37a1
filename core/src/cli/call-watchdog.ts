import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { pluginFault } from '../plugin/plugin-error.js';
import type { CallWatcher } from '../plugin/plugin-calls.js';

/** A call to be watched, or one that has ended. */
export interface WatchMessage {
  readonly id: number;
  readonly watch?: { readonly limit: number; readonly message: string };
}

/** Description of the symbol under which the thread finds the function of `process` that ends it. */
export const END = 'carl-ssl.end';

/** Watches calls from a thread of its own, which can end the process while the main thread is blocked. */
export function callWatchdog(): CallWatcher {
  const { reallyExit } = process as unknown as { reallyExit: (code: number) => never };
  Object.defineProperty(process, Symbol.for(END), { value: reallyExit, configurable: true });
  let thread: Worker | undefined;
  let next = 0;
  return ({ plugin, place, limit }) => {
    // Somebody debugs the plugin.
    if (debuggerUrl() !== undefined) return () => undefined;
    thread ??= start();
    const id = next++;
    const seconds = limit / 1000;
    const message = `PLUGIN_BROKEN plugin \`${plugin}\`: ${place} did not finish within ${seconds} s. ${pluginFault(plugin)}\n`;
    thread.postMessage({ id, watch: { limit, message } } satisfies WatchMessage);
    return () => thread!.postMessage({ id } satisfies WatchMessage);
  };
}

function start(): Worker {
  const thread = new Worker(new URL('./call-watchdog-thread.js', import.meta.url));
  thread.unref();
  return thread;
}
