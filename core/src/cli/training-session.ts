import type { LoadedPipeline } from '../config/load.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { Observer } from '../contracts/observer.js';
import type { Profiler } from '../profile/profiler.js';
import type { Results } from '../evaluate/results.js';
import { evaluateRun } from '../run/evaluate-run.js';
import { openExperiment, type Experiment } from '../run/experiment.js';
import { openPipeline } from '../run/open-pipeline.js';
import { RunDirectory } from '../run/run-directory.js';
import { resumeRun, startRun, type TrainRunOptions } from '../run/train-run.js';
import type { TrainingResult } from '../train/trainer.js';
import { activateBackend } from './activate-backend.js';
import { untilInterrupted, interruptible } from './interruptible.js';
import { backendOf, openRun } from './open-run.js';

/** Who is told what while a session goes on. */
export interface SessionListeners {
  readonly observers: readonly Observer[];
  readonly profiler?: Profiler;
  onBackend?(name: string): void;
  onWarnings?(warnings: readonly Diagnostic[]): void;
}

/** A training that ended, by itself or by a signal. */
export interface Session {
  readonly run: RunDirectory;
  readonly status: TrainingResult['status'];
  /** Undefined if it was interrupted or the pipeline has no evaluators. */
  readonly results?: Results;
}

/** Trains a pipeline into a new run directory and evaluates it. @throws CarlError */
export async function startSession(
  loaded: LoadedPipeline,
  path: string,
  listeners: SessionListeners,
): Promise<Session> {
  const { pipeline, catalogue, source } = loaded;
  const backend = await activateBackend(pipeline.backend, catalogue);
  const { experiment, warnings } = await openPipeline(loaded);
  if (warnings.length > 0) listeners.onWarnings?.(warnings);
  listeners.onBackend?.(backend.name);
  const { observers, profiler } = listeners;
  const work = (signal: AbortSignal) =>
    startRun(experiment, path, { catalogue, backend, signal, observers, source, ...(profiler && { profiler }) });
  return finish(experiment, await interruptible(work), await RunDirectory.open(path));
}

/** Goes on with a run directory and evaluates it. @throws CarlError */
export async function resumeSession(path: string, listeners: SessionListeners, backendName?: string): Promise<Session> {
  const opened = await openRun(path);
  const { run, pipeline, catalogue } = opened;
  const wanted = backendName === undefined ? await backendOf(opened) : { use: backendName };
  const backend = await activateBackend(wanted, catalogue);
  const experiment = await openExperiment(pipeline, catalogue);
  listeners.onBackend?.(backend.name);
  const { observers, profiler } = listeners;
  const options = { catalogue, backend, observers, ...(profiler && { profiler }) } satisfies Omit<
    TrainRunOptions,
    'signal'
  >;
  const work = (signal: AbortSignal) => resumeRun(experiment, run, { ...options, signal });
  return finish(experiment, await interruptible(work), run);
}

async function finish(experiment: Experiment, { status }: TrainingResult, run: RunDirectory): Promise<Session> {
  if (status === 'interrupted' || experiment.pipeline.evaluate.length === 0) return { run, status };
  const advice = `it is trained, judge it with: carl evaluate ${run.path}`;
  return { run, status, results: await untilInterrupted(advice, () => evaluateRun(experiment, run)) };
}
