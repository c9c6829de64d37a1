import { setImmediate } from 'node:timers/promises';
import type { EvaluationControl } from '../contracts/evaluator.js';

/** Milliseconds between two reports of progress. */
const INTERVAL = 100;

/** A control whose progress is reported at most ten times a second, at the beginning and at the end. */
export function evaluationControl(
  signal: AbortSignal,
  report: (done: number, total: number) => Promise<void>,
): EvaluationControl {
  let last = -Infinity;
  return {
    signal,
    progress: async (done, total) => {
      const now = performance.now();
      if (done === total || now - last >= INTERVAL) {
        last = now;
        await report(done, total);
      }
      // Signals of the operating system are handled between two turns of the event loop, not between two promises.
      await setImmediate();
      signal.throwIfAborted();
    },
  };
}
