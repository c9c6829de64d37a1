import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { stepOfCalls, type CallWatcher, type PluginCall } from '../plugin/plugin-calls.js';
import { pluginFault } from '../plugin/plugin-error.js';
import { printable } from '../text/printable.js';
import { TrackedCalls } from './tracked-calls.js';
import { END, PLACES, type WatchMessage } from './watch-state.js';

const shared = new Int32Array(new SharedArrayBuffer(4 * Object.keys(PLACES).length));
let thread: Worker | undefined;
/** As it is before plugins are kept from calling it. */
const { reallyExit } = process as unknown as { reallyExit: (code: number) => never };

/**
 * Watches calls of plugins from a thread of its own, which can act while the main thread is blocked: a call with a limit ends
 * the process when the limit is reached; any other call is only reported, once it takes far longer than usual.
 */
export function callWatchdog(): CallWatcher {
  const tracked = new TrackedCalls(shared, post);
  let next = 0;
  return call => {
    // Somebody debugs the plugin.
    if (debuggerUrl() !== undefined) return () => undefined;
    if (call.limit === undefined) return tracked.start(call, stepOfCalls());
    const id = next++;
    post({ kind: 'limit', id, limit: call.limit, message: lateText(call, call.limit) });
    return () => post({ kind: 'end', id });
  };
}

/**
 * Ends the process at a second SIGINT, SIGTERM or SIGHUP also while the main thread is blocked.
 * @returns how to stop
 */
export function endAtSecondSignal(): () => void {
  Atomics.store(shared, PLACES.handled, 0);
  post({ kind: 'signals', awaited: true });
  return () => post({ kind: 'signals', awaited: false });
}

/** Tells the watchdog that the main thread has handled a signal. */
export function signalHandled(): void {
  Atomics.add(shared, PLACES.handled, 1);
}

function lateText({ plugin, place }: PluginCall, limit: number): string {
  return `PLUGIN_BROKEN plugin \`${printable(plugin)}\`: ${printable(place)} did not finish within ${limit / 1000} s. ${pluginFault(printable(plugin))}\n`;
}

function post(message: WatchMessage): void {
  thread ??= start();
  thread.postMessage(message);
}

function start(): Worker {
  Object.defineProperty(process, Symbol.for(END), { value: reallyExit, configurable: true });
  const worker = new Worker(new URL('./call-watchdog-thread.js', import.meta.url), { workerData: shared });
  worker.unref();
  // Without it the command works, but nothing watches it.
  worker.on('error', () => undefined);
  return worker;
}
