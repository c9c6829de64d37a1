import type { NestedOptions } from '../contracts/components.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { Observer } from '../contracts/observer.js';
import type { Profiler } from '../profile/profiler.js';
import { isComplete, type Results } from '../evaluate/results.js';
import { evaluateRun } from './evaluate-run.js';
import type { Experiment } from './experiment.js';
import { judgedNetwork } from './judged-network.js';
import { openExperiment, openPipeline } from './open-pipeline.js';
import { checkFurtherObservers, closing, runObservers } from './run-observers.js';
import { hasEvaluators } from '../schema/skeleton.js';
import { Observers } from '../train/observers.js';
import { RunDirectory } from './run-directory.js';
import { resumeSets } from './resume-sets.js';
import { requireMemory } from './step-memory.js';
import { withTrainingLock } from './training-lock.js';
import { resumeRun, startRun, type TrainRunOptions } from './train-run.js';
import type { TrainingResult } from '../train/trainer.js';
import { activateBackend } from '../backend/activate.js';
import type { Collective } from '../contracts/collective.js';
import type { BackendFingerprint } from '../contracts/backend.js';
import { currentLock } from './current-lock.js';
import { backendOf, openRun } from './open-run.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { bf16Form, type Bf16Form } from './bf16-form.js';
import { alone, divisionText, textOfFirst } from './workers.js';

/** Callbacks and observers of a session. */
export interface SessionListeners {
  readonly observers: readonly Observer[];
  /** Further observers by their components' names and options; not stored with the run. */
  readonly observerComponents?: readonly NestedOptions[];
  readonly profiler?: Profiler;
  /** Gets the backend's name, and for a training in bf16 how it computes. */
  onBackend?(name: string, bf16: Bf16Form | undefined): void;
  /** Gets how several workers divide the work; undefined for one worker. */
  onWorkers?(division: string | undefined): void;
  onWarnings?(warnings: readonly Diagnostic[]): void;
  /** Gets the differences between the environments of a run and of its resumption, one line each. */
  readonly onDifferences?: (differences: readonly string[]) => void;
  /** Gets the effects of more epochs, one line each. */
  readonly onExtension?: (lines: readonly string[]) => void;
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
  checkFurtherObservers(listeners.observerComponents ?? [], catalogue);
  const backend = await activateBackend(pipeline.backend, catalogue);
  const { experiment, warnings } = await openPipeline(loaded);
  await requireMemory(experiment);
  if (warnings.length > 0) listeners.onWarnings?.(warnings);
  listeners.onBackend?.(backend.name, bf16Form(experiment.pipeline));
  listeners.onWorkers?.(divisionText(experiment));
  const observers = sessionObservers(experiment, path, listeners);
  const options = { backend, source, observers, ...profiling(listeners) };
  return closing(observers, async () => {
    const agreed = textOfFirst(experiment.network.collective, path);
    const result = await listeners.train(signal => startRun(experiment, agreed, { ...options, signal }));
    return finish({ experiment, run: await RunDirectory.open(agreed), observers, backend }, result, listeners);
  });
}

/** How a run is resumed. */
export interface ResumeOptions {
  /** Backend to compute on; by default that of the run. */
  readonly backend?: string;
  /** Where the data are now, `data.root=PATH`, and the epochs to train further to, `trainer.epochs=N`. */
  readonly set?: readonly string[];
  /** Accepts data whose files changed. */
  readonly changedData?: boolean;
  /** Accepts another number of workers. */
  readonly changedWorkers?: boolean;
  /** Of the worker that continues the run; one worker by default. */
  readonly collective?: Collective;
}

/** Continues a run and evaluates it. @throws CarlError */
export async function resumeSession(
  path: string,
  listeners: SessionListeners,
  { backend: backendName, set = [], changedData = false, changedWorkers = false, collective }: ResumeOptions = {},
): Promise<Session> {
  const { places, epochs } = resumeSets(set);
  const { observerComponents = [] } = listeners;
  const uses = observerComponents.map(({ use }) => use);
  const opened = await openRun(path, {
    set: places,
    extendable: true,
    uses,
    collective,
    ...(epochs !== undefined && { epochs }),
  });
  const { run, loaded } = opened;
  checkFurtherObservers(observerComponents, loaded.catalogue);
  const wanted = backendOf(opened, backendName);
  const backend = await activateBackend(wanted, loaded.catalogue);
  const experiment = await openExperiment(loaded);
  await requireMemory(experiment, undefined, wanted);
  listeners.onBackend?.(backend.name, bf16Form(experiment.pipeline));
  listeners.onWorkers?.(divisionText(experiment));
  const observers = sessionObservers(experiment, path, listeners);
  const { onDifferences, onExtension } = listeners;
  const changes = { ofRun: true, moreEpochs: epochs !== undefined, changedData, changedWorkers };
  const resuming = { ...changes, ...(onDifferences && { onDifferences }), ...(onExtension && { onExtension }) };
  const options = { backend, observers, ...resuming, ...profiling(listeners) };
  return closing(observers, async () => {
    const result = await listeners.train(signal => resumeRun(experiment, run, { ...options, signal }));
    return finish({ experiment, run, observers, backend }, result, listeners);
  });
}

function profiling({ profiler }: SessionListeners): Pick<TrainRunOptions, 'profiler'> {
  return profiler ? { profiler } : {};
}

function sessionObservers(experiment: Experiment, path: string, listeners: SessionListeners): Observers {
  const { observers, observerComponents: components = [] } = listeners;
  // Worker 0 alone has observers.
  if (experiment.network.collective.rank > 0) return new Observers([], () => undefined);
  return runObservers(experiment, { observers, components }, message => {
    listeners.onObserverFailure?.(message);
    // The disk may be the cause of the failure.
    RunDirectory.open(path)
      .then(run => run.log(message))
      .catch(() => undefined);
  });
}

interface TrainedSession {
  readonly experiment: Experiment;
  readonly run: RunDirectory;
  readonly observers: Observers;
  readonly backend: BackendFingerprint;
}

async function finish(
  { experiment, run, observers, backend }: TrainedSession,
  { status }: TrainingResult,
  listeners: SessionListeners,
): Promise<Session> {
  const { collective } = experiment.network;
  // Worker 0 evaluates, without the others.
  await collective.close?.();
  if (status === 'interrupted' || collective.rank > 0 || !hasEvaluators(experiment.pipeline)) return { run, status };
  const network = judgedNetwork(experiment.loaded);
  const results = await listeners.evaluate(signal =>
    withTrainingLock(
      run,
      async () => {
        const lock = await currentLock(experiment, backend, (await run.lock()).data);
        return evaluateRun(alone(experiment), run, { network, observers, signal, lock });
      },
      'evaluation',
    ),
  );
  return { run, status: isComplete(results) ? status : 'interrupted', results };
}
