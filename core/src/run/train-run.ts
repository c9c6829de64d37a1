import { Augmenter } from '../contracts/augmenter.js';
import type { BackendFingerprint } from '../contracts/backend.js';
import { Observer } from '../contracts/observer.js';
import { Schedule } from '../contracts/schedule.js';
import { CarlError } from '../errors/carl-error.js';
import { CollapseMonitor } from '../monitor/collapse-monitor.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { BACKEND_PACKAGES, CORE } from '../catalogue/first-party.js';
import { chromeTrace } from '../profile/report.js';
import type { Profiler } from '../profile/profiler.js';
import { untimed } from '../train/spans.js';
import { loadCheckpoint } from '../train/checkpoint.js';
import { createModel, disposeModel, type Model } from '../train/model.js';
import { train, type TrainingResult } from '../train/trainer.js';
import { dataFingerprints, type DataFingerprints } from './data-fingerprints.js';
import type { Experiment } from './experiment.js';
import { leftOutFiles } from './left-out.js';
import { assertResumable, hashOf, lockOf, type Lock, type LockedPlugin } from './lock.js';
import { LockCompletion } from './lock-completion.js';
import { withTrainingLock } from './training-lock.js';
import { RunDirectory } from './run-directory.js';
import { Streams } from '../contracts/random.js';

/** What a run is trained with, apart from its pipeline. */
export interface TrainRunOptions {
  readonly backend: BackendFingerprint;
  readonly observers: readonly Observer[];
  readonly signal: AbortSignal;
  /** Threads that make views beside the step; undefined for as many as pay. No number changes a result. */
  readonly viewThreads?: number;
  /** Times some steps; what it found is then in the run directory as `trace.json`. */
  readonly profiler?: Profiler;
}

/** Trains into a new run directory. @throws CarlError INPUT_RUN if it is already there */
export async function startRun(
  experiment: Experiment,
  path: string,
  options: TrainRunOptions & { readonly source: string },
): Promise<TrainingResult> {
  const lock = await currentLock(experiment, options);
  const run = await RunDirectory.create(path, { source: options.source, pipeline: experiment.pipeline, lock });
  await run.writeLeftOut(await leftOutFiles(experiment.dataset));
  return withTrainingLock(path, () => {
    const model = newModel(experiment);
    return trainModel(experiment, { model, run, startStep: 0, monitor: new CollapseMonitor() }, options);
  });
}

/** Goes on with a run from its newest checkpoint, to the same numbers as if it had never stopped. @throws CarlError INPUT_RUN if another process trains it */
export async function resumeRun(
  experiment: Experiment,
  run: RunDirectory,
  options: TrainRunOptions,
): Promise<TrainingResult> {
  return withTrainingLock(run.path, () => goOn(experiment, run, options));
}

async function goOn(experiment: Experiment, run: RunDirectory, options: TrainRunOptions): Promise<TrainingResult> {
  const before = await run.lock();
  const now = await currentLock(experiment, options, before.data);
  for (const line of assertResumable(before, now, run.path))
    await run.log(`resumed on another footing, the last bits may differ: ${line}`);
  await run.prepare();
  // A lock of an earlier version, or of files that were only touched: the next time, the quick fingerprint is enough.
  if (JSON.stringify(now.data) !== JSON.stringify(before.data)) await run.writeLock({ ...before, data: now.data });
  const model = newModel(experiment);
  const monitor = new CollapseMonitor();
  const startStep = await restore(run, model, monitor).catch((error: unknown) => {
    disposeModel(model);
    throw error;
  });
  return trainModel(experiment, { model, run, startStep, monitor }, options);
}

/** The lock of a run that starts or continues now. `before` has the fingerprints of a run that is resumed. */
async function currentLock(
  experiment: Experiment,
  { backend }: Pick<TrainRunOptions, 'backend'>,
  before?: DataFingerprints,
): Promise<Lock> {
  const { pipeline, initial, dataset, loaded } = experiment;
  return lockOf({
    pipeline: hashOf(pipeline),
    seed: pipeline.seed,
    data: await dataFingerprints(dataset, before),
    initialWeights: initial?.sha256,
    backend,
    plugins: await lockedPlugins(loaded),
  });
}

/** Backends that are not listed are no part of the experiment; the active one is in the backend's fingerprint. */
async function lockedPlugins({ plugins, pipeline }: LoadedPipeline): Promise<readonly LockedPlugin[]> {
  const counted = plugins.filter(({ name }) => !BACKEND_PACKAGES.includes(name) || pipeline.plugins.includes(name));
  return Promise.all(
    counted.map(async ({ name, version, path, integrity }) => ({ name, version, integrity: await integrity(), path })),
  );
}

function newModel({ network, shape, services, initial }: Experiment): Model {
  return createModel(network, shape, services.get(Streams), initial);
}

/** Sets everything to the newest checkpoint, if there is one. Returns the step to go on from. */
async function restore(run: RunDirectory, model: Model, monitor: CollapseMonitor): Promise<number> {
  const newest = (await run.checkpoints()).at(-1) ?? 0;
  if (newest > 0) monitor.restore((await loadCheckpoint(run.checkpointPath(newest), model)).monitor);
  await run.truncateMetrics(newest);
  return newest;
}

interface TrainingStart {
  readonly model: Model;
  readonly run: RunDirectory;
  readonly startStep: number;
  readonly monitor: CollapseMonitor;
}

async function trainModel(
  { network, shape, services, dataset, train: images, pipeline, loaded }: Experiment,
  start: TrainingStart,
  options: TrainRunOptions,
): Promise<TrainingResult> {
  const completion = new LockCompletion(start.run, dataset, options.signal);
  const { profiler } = options;
  const training = {
    network: profiler?.network(network) ?? network,
    shape,
    source: { images, augmenter: services.get(Augmenter), streams: services.get(Streams) },
    schedule: services.get(Schedule),
    options: pipeline.trainer,
    observers: [...options.observers, ...services.all(Observer), completion.observer],
    spans: profiler ?? untimed,
    viewTask: { pipeline, plugins: viewPlugins(loaded) },
    ...(options.viewThreads !== undefined && { viewThreads: options.viewThreads }),
    ...start,
  };
  try {
    const result = await train(training, start.startStep, options.signal);
    if (result.status === 'finished') await completion.settle();
    if (profiler && profiler.steps > 0) await start.run.writeTrace(chromeTrace(profiler));
    return result;
  } catch (error) {
    // What went wrong must be told, even where the log cannot be written.
    if (CarlError.is(error)) await start.run.log(`${error.code}: ${error.message}`).catch(() => undefined);
    throw error;
  } finally {
    completion.stop();
    profiler?.close();
    disposeModel(start.model);
  }
}

/** Folders of the plugins that may have datasets and augmentations: all but the built-in one and the backends. */
function viewPlugins({ plugins }: LoadedPipeline): readonly string[] {
  return plugins.filter(({ name }) => name !== CORE && !BACKEND_PACKAGES.includes(name)).map(({ path }) => path);
}
