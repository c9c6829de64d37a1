import { setTimeout } from 'node:timers/promises';

/** How an attempt at a run ended: without a result for a `reason`, or because another process has the run. */
export type Attempt =
  { readonly status: 'finished' | 'busy' | 'interrupted' } | { readonly status: 'failed'; readonly reason: string };

/** Milliseconds between two looks at runs that other processes have. */
const POLL = 500;

export interface SharedWork<R> {
  /** Makes a run, unless it is made already or another process has it. */
  readonly attempt: (run: R) => Promise<Attempt>;
  /** Called when a run has ended, with or without results. */
  readonly onEnd?: (run: R) => void;
  /** Called before the wait for runs that other processes have, whenever their number has changed. */
  readonly onWait?: (runs: readonly R[]) => void;
}

/**
 * Works on a list of runs together with other processes that do the same: each takes the next run that no other has. A
 * process that is done waits for the others, because one that is killed gives its run back. So every process returns when all
 * runs have ended, with the same state of the disk.
 * @returns the reasons of the runs without results; undefined after an interruption
 */
export async function workTogether<R>(
  runs: readonly R[],
  { attempt, onEnd, onWait }: SharedWork<R>,
): Promise<ReadonlyMap<R, string> | undefined> {
  const reasons = new Map<R, string>();
  let [open, waiting] = [runs, 0];
  while (open.length > 0) {
    const busy: R[] = [];
    for (const run of open) {
      const end = await attempt(run);
      if (end.status === 'interrupted') return undefined;
      if (end.status === 'busy') busy.push(run);
      else onEnd?.(run);
      if (end.status === 'failed') reasons.set(run, end.reason);
    }
    if (busy.length > 0 && busy.length === open.length) {
      if (busy.length !== waiting) onWait?.(busy);
      waiting = busy.length;
      await setTimeout(POLL);
    }
    open = busy;
  }
  return reasons;
}
