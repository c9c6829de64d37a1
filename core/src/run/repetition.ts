import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BackendFingerprint } from '../contracts/backend.js';
import type { Collective } from '../contracts/collective.js';
import { CarlError } from '../errors/carl-error.js';
import type { Observers } from '../train/observers.js';
import type { Observer } from '../contracts/observer.js';
import type { TrainingResult } from '../train/trainer.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { Experiment } from './experiment.js';
import { hashOf, type Lock } from './lock.js';
import { openExperiment } from './open-pipeline.js';
import { openRun, type OpenRun } from './open-run.js';
import { extensionsOf, withEpochs } from './run-changes.js';
import { RunDirectory } from './run-directory.js';
import { RunExistsError } from './run-exists-error.js';
import { resumeRun, startRun } from './train-run.js';

/** How a run is repeated. */
export interface RepetitionOptions {
  /** Run directory of the repetition. */
  readonly out: string;
  /** Where the data are now: `data.root=PATH`. */
  readonly set: readonly string[];
  readonly backend: BackendFingerprint;
  readonly observers: readonly Observer[] | Observers;
  readonly signal: AbortSignal;
  /** Of the worker that repeats the run; one worker by default. */
  readonly collective?: Collective;
  /** The command that continues the repetition. */
  readonly continuation?: string;
}

/** Epochs to which a run was trained: before each extension, and now. */
function stagesOf({ lock, loaded }: OpenRun): readonly number[] {
  return [...extensionsOf(lock).map(({ from }) => from), loaded.pipeline.trainer.epochs];
}

/**
 * Trains a run again, in the same stages if it was extended. Continues a repetition that was begun before. All workers call it.
 * @throws as {@link startRun} and {@link resumeRun}
 */
export async function repeatRun(opened: OpenRun, options: RepetitionOptions): Promise<TrainingResult> {
  const source = await opened.run.source();
  let result: TrainingResult | undefined;
  for (const epochs of await stagesLeft(opened, options)) {
    const experiment = await experimentOf(opened, options, epochs);
    const { backend, observers, signal, continuation } = options;
    const training = { backend, observers, signal, continuation };
    // All workers wait here until worker 0 has written the stage before.
    const isBegun = await experiment.network.collective.any(existsSync(options.out));
    result = isBegun
      ? await resumeRun(experiment, await RunDirectory.open(options.out), {
          ...training,
          ofRun: true,
          moreEpochs: true,
        })
      : await startRun(experiment, options.out, { ...training, source, repeats: resolve(opened.run.path) });
    if (result.status === 'interrupted') break;
  }
  return result!;
}

async function experimentOf(
  { run }: OpenRun,
  { set, collective }: RepetitionOptions,
  epochs: number,
): Promise<Experiment> {
  return openExperiment((await openRun(run.path, { set, epochs, collective })).loaded);
}

async function stagesLeft(opened: OpenRun, { out }: RepetitionOptions): Promise<readonly number[]> {
  const stages = stagesOf(opened);
  if (!existsSync(out)) return stages;
  const { epochs } = (await (await RunDirectory.open(out)).pipeline()).trainer;
  return stages.filter(stage => stage >= epochs);
}

/**
 * The lock of a repetition of the run that was begun in a folder; undefined if the folder does not exist.
 * @throws RunExistsError if another run lies there; CarlError INPUT_ARGUMENT if it is the run itself
 */
export async function earlierRepetition(out: string, opened: OpenRun): Promise<Lock | undefined> {
  const { run } = opened;
  if (resolve(out) === resolve(run.path))
    throw new CarlError('INPUT_ARGUMENT', `--out ${out} is the run itself. Choose another folder for its repetition.`);
  if (!existsSync(out)) return undefined;
  if (!existsSync(join(out, 'lock.json'))) throw new RunExistsError(out);
  // Both with all defaults: components may have gained options since one of them was trained.
  const earlier = await openRun(out);
  const [pipeline, original] = [earlier.loaded.pipeline, opened.loaded.pipeline];
  const stages = stagesOf(opened);
  const reached = extensionsOf(earlier.lock).map(({ from }) => from);
  const epochs = [...reached, pipeline.trainer.epochs];
  const same = hashOf(withEpochs(withPlaces(pipeline, original), 1)) === hashOf(withEpochs(original, 1));
  if (!same || epochs.some((one, i) => one !== stages[i])) throw new RunExistsError(out);
  return earlier.lock;
}

/** A pipeline with the datasets of another one, since data may have been moved. */
function withPlaces(pipeline: Pipeline, { data, transfer = {} }: Pipeline): Pipeline {
  if (!pipeline.transfer) return { ...pipeline, data };
  const moved = Object.entries(pipeline.transfer).map(([name, one]) => [name, { ...one, data: transfer[name]?.data }]);
  return { ...pipeline, data, transfer: Object.fromEntries(moved) as Pipeline['transfer'] };
}
