import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import type { Results } from '../evaluate/results.js';
import { JsonLineError } from '../files/json-lines.js';
import { damaged } from '../run/damaged.js';
import type { TrainingFailure } from '../run/failure.js';
import type { Lock } from '../run/lock.js';
import { RunDirectory } from '../run/run-directory.js';
import { stateOf, type RunState } from '../run/run-list.js';
import type { Pipeline } from '../schema/skeleton.js';
import { messageOf } from '../text/message-of.js';
import { assertConfined, regularState } from './confined-files.js';
import { RunMetrics } from './run-metrics.js';

/** The files of a run other than its metrics. */
export interface RunFiles {
  readonly pipeline: Pipeline;
  readonly lock: Lock;
  readonly results: Results | undefined;
  readonly failure: TrainingFailure | undefined;
  /** Seconds of training. */
  readonly seconds: number;
}

/** A run that is kept up to date. */
export class WatchedRun {
  #files: RunFiles | undefined;
  #metrics: RunMetrics;
  #state: RunState = 'stopped';
  #reason: string | undefined;
  /** Modification times and sizes of the folder and of its metrics at the last reading. */
  #stamps: readonly [folder: string, metrics: string] = ['', ''];
  #isComplete = false;

  constructor(
    readonly path: string,
    /** Path from the folder of runs. */
    readonly name: string,
  ) {
    this.#metrics = new RunMetrics(path);
  }

  /** Undefined for a damaged run, and before the first reading. */
  get files(): RunFiles | undefined {
    return this.#files;
  }

  get metrics(): RunMetrics {
    return this.#metrics;
  }

  get state(): RunState {
    return this.#state;
  }

  /** Why it failed or cannot be read. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** True if the metrics were read as well, not only the small files. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Reads what changed: the small files, and the metrics if they are wanted or were read before. True if anything changed. */
  async refresh(withMetrics: boolean): Promise<boolean> {
    const isFirst = withMetrics && !this.#isComplete;
    this.#isComplete ||= withMetrics;
    try {
      const stamps = [stampOf(await lstat(this.path)), stampOf(await regularState(this.#metricsPath))] as const;
      const isSame = !isFirst && stamps.every((stamp, i) => stamp === this.#stamps[i]);
      if (isSame && this.#state !== 'training') return false;
      this.#stamps = stamps;
      return (await this.#read(!isSame)) || !isSame;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** True if the state changed. */
  async #read(changed: boolean): Promise<boolean> {
    if (changed) {
      this.#files = await readFiles(this.path);
      if (this.#isComplete) await this.#readMetrics();
    }
    const before = this.#state;
    this.#state = await stateOf({ ...this.#files!, path: this.path, epochs: () => this.#metrics.epochs });
    this.#reason = this.#files?.failure?.message;
    return this.#state !== before;
  }

  async #readMetrics(): Promise<void> {
    try {
      await this.#metrics.read();
    } catch (error) {
      throw error instanceof JsonLineError ? damaged(this.#metricsPath, error) : error;
    }
  }

  /** The run is shown as damaged, and read again after its next change. */
  #fail(error: unknown): boolean {
    const reason = CarlError.is(error) ? error.message : `${this.path} cannot be read: ${messageOf(error)}`;
    const isNew = this.#state !== 'damaged' || this.#reason !== reason;
    [this.#state, this.#reason, this.#files] = ['damaged', reason, undefined];
    this.#metrics = new RunMetrics(this.path);
    return isNew;
  }

  get #metricsPath(): string {
    return join(this.path, 'metrics.jsonl');
  }
}

async function readFiles(path: string): Promise<RunFiles> {
  await assertConfined(path);
  const run = await RunDirectory.open(path);
  const [pipeline, lock] = [await run.pipeline(), await run.lock()];
  return {
    ...{ pipeline, lock },
    results: await run.results(),
    failure: await run.failure(),
    seconds: (await run.timing()).seconds,
  };
}

function stampOf(state: Awaited<ReturnType<typeof regularState>>): string {
  return state ? `${state.mtimeMs} ${state.size} ${state.ino}` : 'none';
}
