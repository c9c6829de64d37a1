import { mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { activateBackend } from '../backend/activate.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { CarlError } from '../errors/carl-error.js';
import { makeFolders, writeAtomic } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';
import type { Experiment } from '../run/experiment.js';
import { hashOf } from '../run/lock.js';
import { openExperiment } from '../run/open-pipeline.js';
import { withResultsLock } from '../run/training-lock.js';
import { startRun } from '../run/train-run.js';
import { stepsPerEpoch } from '../train/trainer.js';

/** The length of every training of a comparison. */
export interface Budget {
  readonly unit: 'epochs' | 'images' | 'seconds';
  readonly amount: number;
}

/** Milliseconds, and steps, in which the speed of a training is measured, at most. */
const MEASURED = { milliseconds: 5000, steps: 200 };

/** `20epochs`, `500000images` or `300seconds`. @throws CarlError INPUT_ARGUMENT */
export function parseBudget(text: string): Budget {
  const { amount, unit } = /^(?<amount>\d+) ?(?<unit>epochs?|images?|s|seconds?)$/.exec(text)?.groups ?? {};
  if (unit === undefined || Number(amount) < 1 || !Number.isSafeInteger(Number(amount)))
    throw new CarlError('INPUT_ARGUMENT', `--budget ${text}: expected a whole number of epochs, images or seconds, at least 1, for example 20epochs, 500000images or 300seconds.`); // prettier-ignore
  return {
    unit: unit.startsWith('e') ? 'epochs' : unit.startsWith('i') ? 'images' : 'seconds',
    amount: Number(amount),
  };
}

/**
 * Complete epochs of a training within a budget. For seconds, the speed is measured once, before the first run of the
 * pipeline, and kept in its folder, so that all seeds are trained for the same epochs on every machine.
 * @throws CarlError INPUT_ARGUMENT if the budget is below one epoch; RunInUseError while another process measures
 */
export async function epochsWithin({ unit, amount }: Budget, loaded: LoadedPipeline, folder: string): Promise<number> {
  if (unit === 'epochs') return amount;
  const experiment = await openExperiment(loaded);
  const { batchSize, accumulate } = loaded.pipeline.trainer;
  const images = stepsPerEpoch(experiment.train.length, loaded.pipeline.trainer) * batchSize * accumulate;
  const perEpoch = unit === 'images' ? images : images * (await secondsPerImage(experiment, folder));
  const epochs = Math.floor(amount / perEpoch);
  if (epochs >= 1) return epochs;
  throw new CarlError('INPUT_ARGUMENT', `--budget ${amount}${unit}: this is less than one epoch of ${basename(folder)}. Give at least ${Math.ceil(perEpoch)}${unit}.`); // prettier-ignore
}

/** Measured once for all seeds and processes. */
async function secondsPerImage(experiment: Experiment, folder: string): Promise<number> {
  const file = join(folder, 'speed.json');
  const pipeline = hashOf({ ...experiment.pipeline, seed: 0, trainer: { ...experiment.pipeline.trainer, epochs: 0 } });
  return withResultsLock(file, async () => {
    const known = await storedSpeed(file);
    if (known?.pipeline === pipeline) return known.secondsPerImage;
    const measured = await measureSpeed(experiment, folder);
    await writeAtomic(file, `${JSON.stringify({ format: 1, pipeline, secondsPerImage: measured })}\n`);
    return measured;
  });
}

interface StoredSpeed {
  readonly pipeline: string;
  readonly secondsPerImage: number;
}

async function storedSpeed(file: string): Promise<StoredSpeed | undefined> {
  try {
    const stored = JSON.parse(await readText(file)) as Partial<StoredSpeed> | null;
    return typeof stored?.secondsPerImage === 'number' ? (stored as StoredSpeed) : undefined;
  } catch {
    return undefined;
  }
}

/** Trains for some seconds in a folder that is deleted then. The first step, which also prepares, does not count. */
async function measureSpeed(experiment: Experiment, folder: string): Promise<number> {
  const { pipeline, catalogue, source } = experiment.loaded;
  const backend = await activateBackend(pipeline.backend, catalogue);
  const controller = new AbortController();
  let [steps, start, end] = [0, 0, 0];
  const onStep = (): void => {
    end = performance.now();
    if (steps === 0) start = end;
    steps += 1;
    if (steps >= MEASURED.steps || (steps > 2 && end - start > MEASURED.milliseconds)) controller.abort();
  };
  await makeFolders(folder);
  const temporary = await mkdtemp(join(folder, '.speed-'));
  try {
    await startRun(experiment, join(temporary, 'run'), { backend, source, observers: [{ onStep }], signal: controller.signal }); // prettier-ignore
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const { batchSize, accumulate } = pipeline.trainer;
  return (end - start) / 1000 / Math.max(1, steps - 1) / (batchSize * accumulate);
}
