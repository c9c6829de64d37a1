import type { Schedule } from '../contracts/schedule.js';
import type { CollapseMonitor } from '../monitor/collapse-monitor.js';
import type { TrainerOptions } from '../schema/skeleton.js';
import type { Model } from './model.js';
import type { Network, NetworkShape } from './network.js';
import type { Observers } from './observers.js';
import type { RunLog } from './run-log.js';
import type { Spans } from './spans.js';
import type { ViewSource } from './view-batch.js';
import type { ViewTask } from './views/view-threads.js';

/** All parts of a training, ready to start. */
export interface Training {
  readonly network: Network;
  readonly shape: NetworkShape;
  readonly model: Model;
  readonly source: ViewSource;
  readonly schedule: Schedule;
  readonly options: TrainerOptions;
  readonly run: RunLog;
  /** SHA-256 of the run's pipeline, which checkpoints name. */
  readonly pipeline: string;
  readonly observers: Observers;
  readonly monitor: CollapseMonitor;
  /** Losses of the running epoch from before a resumed training stopped; empty at the start of an epoch. */
  readonly epochLosses: readonly number[];
  readonly viewTask: ViewTask;
  /** Number of threads that make views during the steps; undefined to choose it by measurement. */
  readonly viewThreads?: number;
  readonly spans: Spans;
  /** Accuracy of the online probe on `validation`; undefined without a probe or such images. */
  readonly probeValidation?: () => Promise<number>;
  /** Called after the first step of this process. */
  readonly onFirstStep?: () => void;
}
