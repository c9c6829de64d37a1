import { Augmenter } from '../contracts/augmenter.js';
import type { BackendFingerprint } from '../contracts/backend.js';
import { Observer } from '../contracts/observer.js';
import { Schedule } from '../contracts/schedule.js';
import { CarlError } from '../errors/carl-error.js';
import { CollapseMonitor } from '../monitor/collapse-monitor.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { BACKEND_PACKAGES, STANDING } from '../catalogue/first-party.js';
import { chromeTrace } from '../profile/report.js';
import type { Profiler } from '../profile/profiler.js';
import { untimed } from '../train/spans.js';
import { loadCheckpoint } from '../train/checkpoint.js';
import { createModel, disposeModel, type Model } from '../train/model.js';
import { train, type TrainingResult } from '../train/trainer.js';
import { workerRunLog } from '../train/worker-run-log.js';
import { dataFingerprints, type Experiment } from './experiment.js';
import { assertResumable, lockOf, type Lock } from './lock.js';
import { withTrainingLock } from './training-lock.js';
import { RunDirectory } from './run-directory.js';
import { Streams } from '../contracts/random.js';

/** What a run is trained with, apart from its pipeline. */
export interface TrainRunOptions {
  readonly catalogue: Catalogue;
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
  for (const line of assertResumable(await run.lock(), await currentLock(experiment, options), run.path))
    await run.log(`resumed on another footing, the last bits may differ: ${line}`);
  await run.prepare();
  const model = newModel(experiment);
  const monitor = new CollapseMonitor();
  const startStep = await restore(run, model, monitor).catch((error: unknown) => {
    disposeModel(model);
    throw error;
  });
  return trainModel(experiment, { model, run, startStep, monitor }, options);
}

/** What a lock made now would say. */
export async function currentLock(
  experiment: Experiment,
  { catalogue, backend }: Pick<TrainRunOptions, 'catalogue' | 'backend'>,
): Promise<Lock> {
  const data = await dataFingerprints(experiment.dataset);
  // Backends that are not listed are no part of the experiment; the one that computes is in the fingerprint.
  const standing = BACKEND_PACKAGES.filter(name => !experiment.pipeline.plugins.includes(name));
  const plugins = catalogue.plugins.filter(({ name }) => !standing.includes(name));
  return lockOf({ pipeline: experiment.pipeline, data, initialWeights: experiment.initial?.sha256, backend, plugins });
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
  { network, shape, services, train: images, pipeline }: Experiment,
  start: TrainingStart,
  options: TrainRunOptions,
): Promise<TrainingResult> {
  const { profiler } = options;
  const training = {
    network: profiler?.network(network) ?? network,
    shape,
    source: { images, augmenter: services.get(Augmenter), streams: services.get(Streams) },
    schedule: services.get(Schedule),
    options: pipeline.trainer,
    observers: network.collective.rank === 0 ? [...options.observers, ...services.all(Observer)] : [],
    spans: profiler ?? untimed,
    viewTask: { pipeline, plugins: viewPlugins(options.catalogue) },
    ...(options.viewThreads !== undefined && { viewThreads: options.viewThreads }),
    ...start,
    run: workerRunLog(network.collective, start.run),
  };
  try {
    const result = await train(training, start.startStep, options.signal);
    if (profiler && profiler.steps > 0) await start.run.writeTrace(chromeTrace(profiler));
    return result;
  } catch (error) {
    // What went wrong must be told, even where the log cannot be written.
    if (CarlError.is(error)) await start.run.log(`${error.code}: ${error.message}`).catch(() => undefined);
    throw error;
  } finally {
    profiler?.close();
    disposeModel(start.model);
  }
}

/** Where the plugins are that can have datasets and augmentations: all but the built-in one and the backends. */
function viewPlugins({ plugins }: Catalogue): readonly string[] {
  return plugins.filter(({ name }) => !STANDING.includes(name)).map(({ path }) => path);
}
