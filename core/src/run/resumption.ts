import type { BackendFingerprint } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';
import { dataDifference, repairedFingerprints } from './data-fingerprints.js';
import { currentLock } from './current-lock.js';
import { assertFinished, extensionLines } from './extension.js';
import type { Experiment } from './experiment.js';
import { withData, type Lock } from './lock.js';
import {
  assertResumable,
  isOtherBackend,
  linesOf,
  lockDifferences,
  workersDifference,
  type LockDifference,
} from './lock-differences.js';
import { imageSetsOf } from './open-dataset.js';
import {
  extendedLock,
  extensionsOf,
  lastBackend,
  lockWithBackend,
  lockWithData,
  lockWithWorkers,
  withEpochs,
} from './run-changes.js';
import { resumeCommand } from './resume-command.js';
import type { RunDirectory } from './run-directory.js';
import { counted } from '../text/counted.js';
import { stepsPerEpoch } from '../train/trainer.js';

/** A checked resumption of a run. */
export interface Resumption {
  /** Lock from now on. */
  readonly lock: Lock;
  /** Differences between the environments of the run and of its resumption. */
  readonly differences: readonly string[];
  /** Effects of an extension to more epochs; none without one. */
  readonly extension: readonly string[];
  /** Lines for the log of the run. */
  readonly log: readonly string[];
}

/** How a run is resumed. */
export interface ResumptionOptions {
  readonly backend: BackendFingerprint;
  /**
   * The experiment was loaded from the run, whose pipeline was verified. Data may be at another place, and components may have
   * gained options with defaults since the run began.
   */
  readonly ofRun?: boolean;
  /** Resumes also where files of the data changed, if there are as many images as before. */
  readonly changedData?: boolean;
  /** Resumes also with another number of workers than before. */
  readonly changedWorkers?: boolean;
  /** The experiment has more epochs than the run, which is trained further; its pipeline is the same otherwise. */
  readonly moreEpochs?: boolean;
}

/**
 * Compares a run with the experiment that continues it. Nothing is written.
 * @throws CarlError INPUT_RUN if it would not be the same experiment
 */
export async function checkResumption(
  experiment: Experiment,
  run: RunDirectory,
  options: ResumptionOptions,
): Promise<Resumption> {
  const stored = await run.lock();
  const { before, repairs } = await withRepairs(experiment, run, stored);
  const found = await currentLock(experiment, options.backend, before.data);
  const now = options.ofRun || options.moreEpochs ? { ...found, pipeline: before.pipeline } : found;
  const differences = assertResumable(options.changedData ? withData(before, now.data) : before, now, run.path);
  if (!options.changedWorkers) assertSameWorkers(stored, now, run.path);
  const step = (await run.checkpoints()).at(-1) ?? 0;
  assertAfterExtensions(run, stored, step);
  const changed = Object.keys(now.data).filter(split => dataDifference(stored.data[split], now.data[split]));
  const continued = isDone(experiment, step) ? stored : continuedLock(stored, now, step);
  const lock = lockWithData(continued, now.data, { step, changed });
  const extension = options.moreEpochs ? await extend(experiment, run, { lock, step }) : undefined;
  return {
    lock: extension?.lock ?? lock,
    differences: linesOf(differences),
    extension: extension?.lines ?? [],
    log: [
      ...environmentLines(options.changedData ? lockDifferences(before, now) : differences),
      ...changeLines(stored, continued, step),
      ...repairs,
      ...(extension?.lines ?? []),
    ],
  };
}

/** Lock of a run in which files that were damaged and then repaired count as unchanged, and one line for each split that has such files. */
export async function withRepairs(
  experiment: Experiment,
  run: RunDirectory,
  stored: Lock,
): Promise<{ readonly before: Lock; readonly repairs: readonly string[] }> {
  const damaged = await run.damagedFiles();
  const repaired = await repairedFingerprints(imageSetsOf(experiment), stored.data, damaged);
  const names = damaged.map(({ file }) => file).join(', ');
  return {
    before: { ...stored, data: { ...stored.data, ...repaired } },
    repairs: Object.keys(repaired).map(split => `data ${split}: ${names} was repaired or removed`),
  };
}

/** Steps before an extension were trained with fewer epochs and cannot be repeated with more. @throws CarlError INPUT_RUN */
function assertAfterExtensions(run: RunDirectory, lock: Lock, step: number): void {
  const last = extensionsOf(lock).at(-1);
  if (!last || step >= last.step) return;
  const found = step === 0 ? 'it has no checkpoint' : `its newest checkpoint is of step ${step}`;
  throw new CarlError(
    'INPUT_RUN',
    `${run.path} was extended from ${last.from} to ${last.to} epochs after step ${last.step}, and ${found}. ` +
      `Restore ${run.checkpointPath(last.step)} or a later one; the steps before would be trained as part of ${last.to} epochs.`,
  );
}

/** @throws CarlError INPUT_RUN */
function assertSameWorkers(stored: Lock, now: Lock, path: string): void {
  if (workersDifference(stored, now).length === 0) return;
  const [before, given] = [stored, now].map(({ workers = 1 }) => counted(workers, 'worker'));
  const otherBackend = now.backend.name !== stored.backend.name && { backend: now.backend.name };
  throw new CarlError(
    'INPUT_RUN',
    `${path} was trained by ${before} and cannot be resumed by ${given}: the results would differ in the last bits. ` +
      `Use ${resumeCommand(path, { workers: stored.workers, ...otherBackend })}, or accept the difference with --allow-changed-workers.`,
  );
}

/** Another backend has a line of its own, at each change only. */
function environmentLines(differences: readonly LockDifference[]): readonly string[] {
  return linesOf(differences.filter(one => !isOtherBackend(one))).map(inEnvironment);
}

function inEnvironment(line: string): string {
  return `resumed in a different environment; results may differ in the last bits: ${line}`;
}

function changeLines(before: Lock, now: Lock, step: number): readonly string[] {
  const [from, to] = [before, now].map(lastBackend);
  const backend = from === to ? [] : [`backend: was ${from}, is ${to}`];
  return [...workersDifference(before, now), ...backend].map(line => inEnvironment(`${line} after step ${step}`));
}

/** Lock of a run of which at least one more step is computed. */
function continuedLock(stored: Lock, { backend, workers = 1 }: Lock, step: number): Lock {
  return lockWithWorkers(lockWithBackend(stored, backend.name, step), workers, step);
}

/** True if all steps are done, so that none is computed on another backend or by other workers. */
function isDone({ train, pipeline: { trainer } }: Experiment, step: number): boolean {
  return step >= stepsPerEpoch(train.length, trainer) * trainer.epochs;
}

async function extend(
  experiment: Experiment,
  run: RunDirectory,
  { lock, step }: { readonly lock: Lock; readonly step: number },
): Promise<{ readonly lock: Lock; readonly lines: readonly string[] } | undefined> {
  const pipeline = await run.pipeline();
  const [from, to] = [pipeline, experiment.pipeline].map(({ trainer }) => trainer.epochs);
  if (to < from)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--set trainer.epochs=${to}: ${run.path} has ${from} epochs. A run can be trained further, not less far.`,
    );
  if (to === from) return undefined;
  const steps = stepsPerEpoch(experiment.train.length, pipeline.trainer) * from;
  await assertFinished(run, steps, ' Only a finished run can be trained further.');
  return { lock: extendedLock(lock, pipeline, { to, step }), lines: extensionLines(experiment, { from, to }) };
}

/** Writes the state of a run that is continued: its lock and, if it was extended, its pipeline. @throws CarlError DISK */
export async function writeResumption(run: RunDirectory, { lock, extension }: Resumption): Promise<void> {
  const [stored, pipeline] = [await run.lock(), await run.pipeline()];
  const last = extensionsOf(lock).at(-1);
  if (last && extension.length > 0) await run.keepResults(`results-${last.from}-epochs.json`);
  // Also if only modification times changed: the new quick fingerprint is stored for the next time.
  if (JSON.stringify(lock) !== JSON.stringify(stored)) await run.writeLock(lock);
  if (last) await run.writePipeline(withEpochs(pipeline, last.to));
  await run.clearDamagedFiles();
}
