import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Pool size compiled into the module. */
const POOL = 8;
export const MOST_THREADS = POOL;

/** Stands in the pool for a worker that is not needed: says that it is ready, and is never given work. */
class Standby extends EventEmitter {
  postMessage(): void {
    queueMicrotask(() => this.emit('message', { cmd: 'loaded' }));
  }
  unref(): this {
    return this;
  }
  terminate(): this {
    return this;
  }
}

/**
 * Runs while `Worker`, which the loader makes its whole pool with, makes only as many threads as are wanted; they let
 * the process end. The pool is used from its end on.
 */
export async function withWorkers<T>(wanted: number, run: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  const threads: Worker[] = [];
  let made = 0;
  const make = function (): EventEmitter {
    if (made++ < POOL - wanted) return new Standby();
    const thread = new Worker(new URL('./thread.js', import.meta.url), { execArgv: [] });
    threads.push(thread);
    return thread;
  };
  Object.defineProperty(globalThis, 'Worker', { configurable: true, get: () => make, set: () => undefined });
  try {
    return await run();
  } finally {
    if (own) Object.defineProperty(globalThis, 'Worker', own);
    else delete (globalThis as { Worker?: unknown }).Worker;
    threads.forEach(thread => thread.unref());
  }
}
