import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { isComplete, type Results } from '../evaluate/results.js';
import { hasEvaluators } from '../schema/skeleton.js';
import { systemReason } from '../text/system-reason.js';
import type { TrainingFailure } from './failure.js';
import { isRepetitionFolder } from './new-run.js';
import { collapsesOf, readRun, type RunRecord } from './read-run.js';
import { RunDirectory } from './run-directory.js';
import { isBeingTrained } from './training-lock.js';

/** `stopped` runs can be resumed; a `damaged` one cannot be read. */
export const RUN_STATES = ['finished', 'training', 'stopped', 'failed', 'damaged'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** A run as lists show it. */
export interface RunSummary {
  readonly path: string;
  readonly state: RunState;
  /** Name of the pipeline; empty for a damaged run, as are all values below. */
  readonly name: string;
  readonly seed?: number;
  /** Optimizer steps of the last checkpoint. */
  readonly step?: number;
  /** Time of the start, ISO 8601. */
  readonly created?: string;
  /** Seconds of training. */
  readonly seconds?: number;
  /** Kinds of the collapses that the monitor reported. */
  readonly collapses?: readonly string[];
  readonly results?: Results;
  /** Why it failed or cannot be read. */
  readonly reason?: string;
}

/** Folders that hold runs; links are not followed. */
export async function findRuns(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new CarlError('INPUT_ARGUMENT', `${folder} cannot be listed: ${systemReason(error)}. Give a folder of runs.`);
  });
  if (entries.some(entry => entry.isFile() && entry.name === 'lock.json')) return [folder];
  const below: string[] = [];
  const folders = entries.filter(entry => entry.isDirectory() && !HIDDEN.test(entry.name));
  for (const { name } of folders.sort((a, b) => (a.name < b.name ? -1 : 1)))
    below.push(...(await findRuns(join(folder, name)).catch(() => [])));
  return below;
}

const HIDDEN = /^\.|^node_modules$/;

/** Reads a run for a list; damage is reported in its state, not thrown. */
export async function summariseRun(path: string): Promise<RunSummary> {
  try {
    const run = await readRun(path);
    const { pipeline, lock, results, seconds, checkpoints } = run;
    const failure = await (await RunDirectory.open(path)).failure();
    return {
      path,
      state: await stateOf({ ...run, failure, epochs: () => epochsOf(run) }),
      name: pipeline.name ?? '',
      seed: lock.seed,
      step: checkpoints.at(-1)?.step ?? 0,
      created: lock.created,
      seconds,
      collapses: collapsesOf(run),
      ...(results && { results }),
      ...(failure && { reason: failure.message }),
    };
  } catch (error) {
    if (!CarlError.is(error)) throw error;
    return { path, state: 'damaged', name: '', reason: error.message };
  }
}

/** What the state of a run depends on besides the processes that train it. */
interface StateFacts extends Pick<RunRecord, 'path' | 'pipeline' | 'results'> {
  readonly failure: TrainingFailure | undefined;
  /** Number of completed epochs, for runs that are not evaluated. */
  readonly epochs: () => Promise<number> | number;
}

/** The state of a run that can be read. */
export async function stateOf({ path, pipeline, results, failure, epochs }: StateFacts): Promise<RunState> {
  if (await isBeingTrained(path)) return 'training';
  if (failure) return 'failed';
  if (results) return isComplete(results) ? 'finished' : 'stopped';
  const isEvaluated = hasEvaluators(pipeline) && !isRepetitionFolder(path);
  return !isEvaluated && (await epochs()) >= pipeline.trainer.epochs ? 'finished' : 'stopped';
}

async function epochsOf({ metrics }: RunRecord): Promise<number> {
  let epochs = 0;
  for await (const { epoch } of metrics.of('epoch')) epochs = epoch;
  return epochs;
}
