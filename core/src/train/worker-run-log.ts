import type { Collective } from '../contracts/collective.js';
import type { RunLog } from './run-log.js';

/** The run log of a worker: worker 0 writes the run directory; all others only read it, and drop their writes. */
export function workerRunLog({ rank }: Pick<Collective, 'rank'>, log: RunLog): RunLog {
  if (rank === 0) return log;
  const dropped = (): Promise<undefined> => Promise.resolve(undefined);
  return {
    path: log.path,
    checkpointPath: step => log.checkpointPath(step),
    checkpoints: () => log.checkpoints(),
    writeCheckpoint: dropped,
    prune: dropped,
    appendMetrics: dropped,
    flushMetrics: dropped,
    appendSeconds: dropped,
    log: dropped,
  };
}
