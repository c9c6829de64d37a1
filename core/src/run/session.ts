import type { NestedOptions } from '../contracts/components.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { Observer } from '../contracts/observer.js';
import type { Profiler } from '../profile/profiler.js';
import { isComplete, type Results } from '../evaluate/results.js';
import { evaluateRun } from './evaluate-run.js';
import { judgedNetwork } from './judged-network.js';
import { openExperiment, type Experiment } from './experiment.js';
import { openPipeline } from './open-pipeline.js';
import { closing, runObservers } from './run-observers.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Observers } from '../train/observers.js';
import { RunDirectory } from './run-directory.js';
import { resumeRun, startRun, type TrainRunOptions } from './train-run.js';
import type { TrainingResult } from '../train/trainer.js';
import { activateBackend } from '../backend/activate.js';
import { backendOf, openRun } from './open-run.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';

/** Callbacks and observers of a session. */
export interface SessionListeners {
  readonly observers: readonly Observer[];
  /** Further observers by their components' names and options; not stored with the run. */
  readonly observerComponents?: readonly NestedOptions[];
  readonly profiler?: Profiler;
  onBackend?(name: string): void;
  onWarnings?(warnings: readonly Diagnostic[]): void;
  /** Gets a message when an observer failed and was switched off. */
  onObserverFailure?(message: string): void;
  /** Runs the training under a signal that the caller aborts to stop it after a step. */
  train<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Runs the evaluation under a signal that the caller aborts to stop it. */
  evaluate<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** A training and evaluation that ended, by itself or by a signal. */
export interface Session {
  readonly run: RunDirectory;
  readonly status: TrainingResult['status'];
  /** Undefined if the training was interrupted or the pipeline has no evaluators; incomplete after an interrupted evaluation. */
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
  const { profiler } = listeners;
  const observers = sessionObservers(experiment, { catalogue, path }, listeners);
  const work = (signal: AbortSignal) =>
    startRun(experiment, path, { catalogue, backend, signal, observers, source, ...(profiler && { profiler }) });
  return closing(observers, async () => {
    const result = await listeners.train(work);
    return finish({ experiment, run: await RunDirectory.open(path), observers, catalogue }, result, listeners);
  });
}

/** Continues a run and evaluates it. @throws CarlError */
export async function resumeSession(path: string, listeners: SessionListeners, backendName?: string): Promise<Session> {
  const opened = await openRun(path);
  const { run, pipeline, catalogue } = opened;
  const wanted = backendName === undefined ? await backendOf(opened) : { use: backendName };
  const backend = await activateBackend(wanted, catalogue);
  const experiment = await openExperiment(pipeline, catalogue);
  listeners.onBackend?.(backend.name);
  const { profiler } = listeners;
  const observers = sessionObservers(experiment, { catalogue, path }, listeners);
  const options = { catalogue, backend, observers, ...(profiler && { profiler }) } satisfies Omit<
    TrainRunOptions,
    'signal'
  >;
  const work = (signal: AbortSignal) => resumeRun(experiment, run, { ...options, signal });
  return closing(observers, async () =>
    finish({ experiment, run, observers, catalogue }, await listeners.train(work), listeners),
  );
}

function sessionObservers(
  experiment: Experiment,
  { catalogue, path }: { readonly catalogue: Catalogue; readonly path: string },
  listeners: SessionListeners,
): Observers {
  const { observers, observerComponents: components = [] } = listeners;
  return runObservers(experiment, { observers, components, catalogue }, message => {
    listeners.onObserverFailure?.(message);
    // The disk may be the cause of the failure.
    RunDirectory.open(path)
      .then(run => run.log(message))
      .catch(() => undefined);
  });
}

interface TrainedSession {
  readonly experiment: Experiment;
  readonly catalogue: Catalogue;
  readonly run: RunDirectory;
  readonly observers: Observers;
}

async function finish(
  { experiment, run, observers, catalogue }: TrainedSession,
  { status }: TrainingResult,
  listeners: SessionListeners,
): Promise<Session> {
  if (status === 'interrupted' || experiment.pipeline.evaluate.length === 0) return { run, status };
  const network = judgedNetwork(experiment.pipeline, catalogue);
  const results = await listeners.evaluate(signal => evaluateRun(experiment, run, { network, observers, signal }));
  return { run, status: isComplete(results) ? status : 'interrupted', results };
}
