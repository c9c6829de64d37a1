import type { LineOf, MetricsLine, MetricsType } from '../contracts/metrics.js';
import type { Warning } from '../contracts/observer.js';
import type { Results } from '../evaluate/results.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { Lock } from './lock.js';
import { readRunCost, type RunCost } from './run-cost.js';
import { RunDirectory } from './run-directory.js';
import type { Timing } from './timing-file.js';

/** The content of a run directory. */
export interface RunRecord {
  readonly path: string;
  readonly pipeline: Pipeline;
  readonly lock: Lock;
  readonly metrics: RunMetrics;
  /** Warnings of the collapse monitor, oldest first. */
  readonly warnings: readonly Warning[];
  /** Undefined for a run that was not evaluated. */
  readonly results?: Results;
  /** Seconds of training, over all resumptions. */
  readonly seconds: number;
  /** The same with its course and the memory. */
  readonly timing: Timing;
  /** Undefined for runs of earlier versions. */
  readonly cost?: RunCost;
  /** Oldest first. */
  readonly checkpoints: readonly StoredCheckpoint[];
}

/** The lines of `metrics.jsonl`, read from the file at each iteration. They throw CarlError INPUT_RUN naming a damaged line. */
export interface RunMetrics {
  lines(): AsyncIterable<MetricsLine>;
  /** The lines of one type: `for await (const { step, loss } of run.metrics.of('step'))`. */
  of<T extends MetricsType>(type: T): AsyncIterable<LineOf<T>>;
}

export interface StoredCheckpoint {
  /** Optimizer steps done. */
  readonly step: number;
  /** Folder of its files. */
  readonly path: string;
}

/** Kinds of the collapses that the monitor reported, each once. */
export function collapsesOf({ warnings }: Pick<RunRecord, 'warnings'>): readonly string[] {
  return [...new Set(warnings.filter(({ collapsed }) => collapsed).map(({ kind }) => kind))];
}

/** Reads a run directory, also while another process trains it. @throws CarlError INPUT_RUN if it is none or is damaged */
export async function readRun(path: string): Promise<RunRecord> {
  const run = await RunDirectory.open(path);
  const warnings: Warning[] = [];
  for await (const { warning } of run.metrics.of('warning')) warnings.push(warning);
  const [results, timing, cost] = [await run.results(), await run.timing(), await readRunCost(path)];
  return {
    path,
    pipeline: await run.pipeline(),
    lock: await run.lock(),
    metrics: run.metrics,
    warnings,
    ...(results && { results }),
    seconds: timing.seconds,
    timing,
    ...(cost && { cost }),
    checkpoints: (await run.checkpoints()).map(step => ({ step, path: run.checkpointPath(step) })),
  };
}
