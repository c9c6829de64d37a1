import { AsyncLocalStorage } from 'node:async_hooks';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';

/** A call of a plugin's code. */
export interface PluginCall {
  /** As the pipeline names it. */
  readonly plugin: string;
  /** What was called, as a noun: `` `check` of the objective `x` ``. */
  readonly place: string;
  /** Milliseconds that the call may block the thread. */
  readonly limit?: number;
  /** Whether the limit is for the promise that the call returns. */
  readonly untilSettled?: boolean;
  /** Gets an error that the plugin throws after the call has returned, and that nothing else handles. */
  readonly onLateError?: (error: unknown) => void;
}

/** Milliseconds that loading a plugin may take, and that a check or `create` may block the thread. */
export const CALL_LIMIT = 20_000;

const running = new AsyncLocalStorage<PluginCall>();

/** Starts to watch a call and returns how to stop. */
export type CallWatcher = (call: PluginCall) => () => void;

let watcher: CallWatcher | undefined;

/** Watches every later call. */
export function watchPluginCalls(watch: CallWatcher | undefined): void {
  watcher = watch;
}

let step: number | undefined;

/** Records the step of the training, from 1, in which later calls run; undefined outside of a training. */
export function callsInStep(current: number | undefined): void {
  step = current;
}

/** The step of the training that runs. */
export function stepOfCalls(): number | undefined {
  return step;
}

/** Runs a plugin's code; the call is watched until the function returns, or its promise settles. */
export function callPlugin<T>(call: PluginCall, run: () => T): T {
  const end = watcher?.(call);
  let isPending = false;
  try {
    const result = running.run(call, run);
    if (end && call.untilSettled && result instanceof Promise) {
      isPending = true;
      result.then(end, end);
    }
    return result;
  } catch (error) {
    // A Proxy could throw again wherever it is looked at.
    throw types.isProxy(error) ? new Error('it threw a Proxy') : error;
  } finally {
    if (!isPending) end?.();
  }
}

const pending = new Set<PluginCall>();

/** Records a call until the promise that it returned settles. */
export function untilSettled<T>(call: PluginCall, promise: Promise<T>): Promise<T> {
  pending.add(call);
  return promise.finally(() => pending.delete(call));
}

/** Calls whose promises have not settled. */
export function pendingCalls(): readonly PluginCall[] {
  return [...pending];
}

/** The call that the running code was started by. */
export function currentCall(): PluginCall | undefined {
  return running.getStore();
}

/** Plugins from outside this project whose code was loaded, with the folder or file of each. */
const outside = new Map<string, string>();

/** Records a plugin from outside this project, by its name and the real path of its folder or file. */
export function recordOutsidePlugin(name: string, path: string): void {
  outside.set(path, name);
}

/** Names of the plugins from outside this project whose code was loaded. */
export function outsidePlugins(): readonly string[] {
  return [...new Set(outside.values())];
}

/** Whether the code of an outside plugin was loaded from this real path. */
export function isOutsidePlugin(path: string): boolean {
  return outside.has(path);
}

/** The plugin from outside this project that an error comes from, and the place in its code. */
export interface Culprit {
  readonly plugin: string;
  /** `compute (index.js:12)` */
  readonly place: string;
}

/** Finds the plugin that threw an error by the innermost frame of its stack that lies in one. */
export function culpritOf(error: unknown): Culprit | undefined {
  for (const line of stackOf(error).split('\n'))
    for (const [path, plugin] of outside)
      for (const start of [path, pathToFileURL(path).href]) {
        const at = line.indexOf(start);
        const next = at < 0 ? '' : line.slice(at + start.length).charAt(0);
        if (next === '/' || next === sep || next === ':') return { plugin, place: placeIn(line) };
      }
  return undefined;
}

/** `    at Object.compute (file:///p/index.js:12:3)` -> `compute (index.js:12)`. */
function placeIn(line: string): string {
  const file = /([^/\\]+:\d+):\d+\)?$/.exec(line)?.[1] ?? line.trim();
  const called = /^\s*at (?:async )?(?:new )?(?:\S+\.)?([\w$#<>]+)(?: \[as \w+\])? \(/.exec(line)?.[1];
  return called === undefined || called.startsWith('<') ? file : `${called} (${file})`;
}

function stackOf(error: unknown): string {
  try {
    return types.isNativeError(error) ? String(error.stack) : '';
  } catch {
    return '';
  }
}
