import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { effectiveRank, type RankTask } from './effective-rank.js';

/** Multiplications from which a decomposition takes a second or so, and a thread pays. */
const LONG = 1e8;
/** Milliseconds between two calls during the decomposition. */
const INTERVAL = 200;

/**
 * Effective rank of features, decomposed in a thread if that takes long, since a decomposition has no pieces to pause between.
 * @param between called a few times a second; its error ends the computation
 */
export async function interruptibleRank(task: RankTask, between: () => Promise<void>): Promise<number> {
  const { rows, columns } = task.features;
  if (rows * columns * Math.min(rows, columns) < LONG) return effectiveRank(task);
  const thread = new Worker(new URL('./rank-thread.js', import.meta.url), { workerData: task });
  try {
    const result = once(thread, 'message').then(([value]) => value as number);
    result.catch(() => undefined);
    for (;;) {
      const pause = new AbortController();
      const paused = setTimeout(INTERVAL, undefined, { signal: pause.signal }).catch(() => undefined);
      const value = await Promise.race([result, paused]);
      pause.abort();
      if (value !== undefined) return value;
      await between();
    }
  } finally {
    await thread.terminate();
  }
}
