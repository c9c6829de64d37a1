import { Augmenter } from '../contracts/augmenter.js';
import type { Observer } from '../contracts/observer.js';
import { Schedule } from '../contracts/schedule.js';
import { CollapseMonitor } from '../monitor/collapse-monitor.js';
import { chromeTrace } from '../profile/report.js';
import type { Profiler } from '../profile/profiler.js';
import { Observers } from '../train/observers.js';
import { untimed } from '../train/spans.js';
import { loadCheckpoint, type CheckpointPlace } from '../train/checkpoint.js';
import { createModel, disposeModel, type Model } from '../train/model.js';
import { stepsPerEpoch, train, type TrainingResult } from '../train/trainer.js';
import { workerRunLog } from '../train/worker-run-log.js';
import { currentLock } from './current-lock.js';
import type { Experiment } from './experiment.js';
import { leftOutFiles } from './left-out.js';
import { LockCompletion } from './lock-completion.js';
import { imageSetsOf } from './open-dataset.js';
import { probeValidation } from './probe-validation.js';
import { checkResumption, writeResumption, type ResumptionOptions } from './resumption.js';
import { earlierPipelines } from './run-changes.js';
import { closing, runObservers } from './run-observers.js';
import { withTrainingLock } from './training-lock.js';
import { viewPlugins } from './view-plugins.js';
import { assertSameTraining, divisionText } from './workers.js';
import { advised, recordError, withAdvice } from './record-error.js';
import { resetResidentPeak } from './resident-peak.js';
import { runCost } from './run-cost.js';
import { resumeCommandOf } from './resume-command.js';
import { RunDirectory } from './run-directory.js';
import { Streams } from '../contracts/random.js';

/** Everything that a training needs besides its pipeline. */
export interface TrainRunOptions extends ResumptionOptions {
  /**
   * A list is extended by the pipeline's observers and closed after the training. `Observers` stay open for the
   * evaluation; the caller closes them.
   */
  readonly observers: readonly Observer[] | Observers;
  /** Ends the training after the current step. */
  readonly signal: AbortSignal;
  /** Number of threads that make views during the steps; undefined to choose it by measurement. It does not affect results. */
  readonly viewThreads?: number;
  /** Gets the differences between the environments of the run and of its resumption, one line each. */
  readonly onDifferences?: (differences: readonly string[]) => void;
  /** Gets the effects of more epochs on the learning rate and on other values that change over a training, one line each. */
  readonly onExtension?: (lines: readonly string[]) => void;
  /** The command that continues after the loss of a worker; by default `carl train --resume` for the run. */
  readonly continuation?: string;
  /** Times some steps, which are written to `trace.json` in the run directory. */
  readonly profiler?: Profiler;
}

/** How a run is begun. */
interface StartOptions extends TrainRunOptions {
  /** Text of the pipeline. */
  readonly source: string;
  /** Path of the run that this one repeats. */
  readonly repeats?: string;
}

/** Trains into a new run directory, which worker 0 creates and writes. @throws CarlError INPUT_RUN if it exists already */
export async function startRun(experiment: Experiment, path: string, options: StartOptions): Promise<TrainingResult> {
  assertSameTraining(experiment, 0, options.backend.name);
  if (isFirst(experiment)) await createRun(experiment, path, options);
  // The others open what worker 0 creates.
  await experiment.network.collective.barrier();
  const run = await RunDirectory.open(path);
  return observed(experiment, run, options, async observers => {
    const { pipeline } = await run.lock();
    const model = newModel(experiment);
    const start = { pipeline, startStep: 0, epochLosses: [], monitor: new CollapseMonitor() };
    return trainModel(experiment, { model, run, observers, ...start }, options);
  });
}

async function createRun(experiment: Experiment, path: string, options: StartOptions): Promise<void> {
  const lock = await currentLock(experiment, options.backend);
  const run = await RunDirectory.create(path, {
    source: options.source,
    pipeline: experiment.pipeline,
    lock,
    cost: runCost(experiment),
    ...(options.repeats !== undefined && { repeats: options.repeats }),
  });
  await run.writeLeftOut(leftOutFiles(imageSetsOf(experiment)));
  const division = divisionText(experiment);
  if (division !== undefined) await run.log(division);
}

/** True for the worker that writes. */
function isFirst({ network }: Pick<Experiment, 'network'>): boolean {
  return network.collective.rank === 0;
}

/**
 * Continues a run from its newest checkpoint, with the same numbers as without the interruption.
 * @throws CarlError INPUT_RUN if another process trains it
 */
export async function resumeRun(
  experiment: Experiment,
  run: RunDirectory,
  options: TrainRunOptions,
): Promise<TrainingResult> {
  return observed(experiment, run, options, observers => resume(experiment, { run, observers }, options));
}

/** Trains under the run's lock, with its observers; all workers but the first have neither. */
async function observed(
  experiment: Experiment,
  run: RunDirectory,
  { observers: given }: TrainRunOptions,
  work: (observers: Observers) => Promise<TrainingResult>,
): Promise<TrainingResult> {
  if (!isFirst(experiment)) return work(new Observers([], () => undefined));
  return withTrainingLock(run, () => {
    if (given instanceof Observers) return work(given);
    const observers = runObservers(experiment, { observers: given }, message => {
      process.emitWarning(message);
      run.log(message).catch(() => undefined);
    });
    return closing(observers, () => work(observers));
  });
}

async function resume(
  experiment: Experiment,
  { run, observers }: Pick<TrainingStart, 'run' | 'observers'>,
  options: TrainRunOptions,
): Promise<TrainingResult> {
  const resumption = await checkResumption(experiment, run, options);
  const { lock, differences, extension } = resumption;
  assertSameTraining(experiment, (await run.checkpoints()).at(-1) ?? 0, options.backend.name);
  if (differences.length > 0) options.onDifferences?.(differences);
  if (isFirst(experiment)) await run.prepare();
  const model = newModel(experiment);
  const monitor = new CollapseMonitor();
  const start = { model, run, observers, monitor, pipeline: lock.pipeline };
  const restored = async () => {
    const position = await restore(experiment, { ...start, earlier: earlierPipelines(lock) });
    // Only now, so that a run with a damaged checkpoint stays as it is.
    const log = workerRunLog(experiment.network.collective, run);
    for (const line of resumption.log) await log.log(line);
    if (isFirst(experiment)) await writeResumption(run, resumption);
    return position;
  };
  const position = await restored().catch((error: unknown) => {
    disposeModel(model);
    throw error;
  });
  if (extension.length > 0) options.onExtension?.(extension);
  return trainModel(experiment, { ...start, ...position }, options);
}

function newModel({ network, shape, services, initial }: Experiment): Model {
  return createModel(network, shape, services.get(Streams), initial);
}

/** Restores model and monitor from the newest checkpoint, if there is one. Worker 0 also drops the metrics of later steps. */
async function restore(
  { train: images, pipeline, network }: Experiment,
  {
    run,
    model,
    monitor,
    ...hashes
  }: Pick<TrainingStart, 'run' | 'model' | 'monitor'> & Pick<CheckpointPlace, 'pipeline' | 'earlier'>,
): Promise<Pick<TrainingStart, 'startStep' | 'epochLosses'>> {
  const startStep = (await run.checkpoints()).at(-1) ?? 0;
  const place = { ...hashes, folder: run.checkpointPath(startStep) };
  const saved = startStep > 0 ? await loadCheckpoint(place, model) : undefined;
  if (saved) monitor.restore(saved.monitor);
  if (!isFirst({ network })) return { startStep, epochLosses: [] };
  if (saved?.metrics) await run.metrics.cut(saved.metrics, { folder: place.folder, step: startStep });
  else await run.metrics.truncate(startStep);
  const firstOfEpoch = startStep - (startStep % stepsPerEpoch(images.length, pipeline.trainer)) + 1;
  const epochLosses: number[] = [];
  for await (const { step, loss } of run.metrics.of('step')) if (step >= firstOfEpoch) epochLosses.push(loss);
  return { startStep, epochLosses };
}

interface TrainingStart {
  readonly model: Model;
  readonly run: RunDirectory;
  readonly observers: Observers;
  /** Hash of the pipeline in the lock of the run. */
  readonly pipeline: string;
  readonly startStep: number;
  readonly epochLosses: readonly number[];
  readonly monitor: CollapseMonitor;
}

async function trainModel(
  experiment: Experiment,
  start: TrainingStart,
  options: TrainRunOptions,
): Promise<TrainingResult> {
  const { network, shape, services, train: images, pipeline, loaded } = experiment;
  resetResidentPeak();
  const completion = new LockCompletion(start.run, imageSetsOf(experiment), options.signal);
  const { profiler } = options;
  const continuation = advised(network.collective, options.continuation ?? resumeCommandOf(start.run.path));
  const training = {
    network: profiler?.network(network) ?? network,
    shape,
    source: { images, augmenter: services.get(Augmenter), streams: services.get(Streams) },
    schedule: services.get(Schedule),
    options: pipeline.trainer,
    onFirstStep: () => {
      if (isFirst({ network })) completion.start();
    },
    ...probeValidation(experiment, start.model),
    spans: profiler ?? untimed,
    viewTask: { pipeline, plugins: viewPlugins(loaded) },
    ...(options.viewThreads !== undefined && { viewThreads: options.viewThreads }),
    ...start,
    run: workerRunLog(network.collective, start.run),
  };
  try {
    const result = await train(training, start.startStep, options.signal);
    if (result.status === 'finished') await completion.settle();
    if (isFirst({ network }) && profiler && profiler.steps > 0) await start.run.writeTrace(chromeTrace(profiler));
    return result;
  } catch (error) {
    if (isFirst({ network })) await recordError(error, start.run);
    throw withAdvice(error, { path: start.run.path, continuation });
  } finally {
    completion.stop();
    profiler?.close();
    disposeModel(start.model);
  }
}
