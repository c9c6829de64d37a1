import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import type { NetworkName } from '../evaluate/results.js';
import { describeCheckpoint, loadWeights } from '../train/checkpoint.js';
import type { EvaluatedWeights } from './evaluation-subjects.js';
import { bestCheckpoint } from './best-checkpoint.js';
import { failureAdvice } from './failure.js';
import { checkpointPlace } from './run-changes.js';
import { resumeCommandOf } from './resume-command.js';
import type { RunDirectory } from './run-directory.js';

/** A checkpoint that is evaluated. */
export interface ChosenCheckpoint {
  /** Optimizer steps done. */
  readonly step: number;
  readonly folder: string;
  /** The folder, if it was named by its path. */
  readonly path?: string;
  /** True if no other was asked for: a newer one may replace it while the run trains. */
  readonly isNewest: boolean;
  /** How the best was chosen, for the user. */
  readonly reason?: string;
}

/** Weights of a checkpoint, read and verified. */
export interface ReadCheckpoint extends EvaluatedWeights, Pick<ChosenCheckpoint, 'step' | 'path'> {
  /** SHA-256 of the file of the weights. */
  readonly sha256: string;
}

/** Times that the newest checkpoint is chosen again when the training has removed the one before. */
const ATTEMPTS = 5;

/**
 * The checkpoint with the given number of steps, in the given folder, or the `best` on validation; by default the newest.
 * @throws CarlError INPUT_RUN if the run has none, INPUT_ARGUMENT if there is none of that name, or it is of another run
 */
export async function chosenCheckpoint(run: RunDirectory, name?: string): Promise<ChosenCheckpoint> {
  if (name === 'best') {
    const { step, reason } = await bestCheckpoint(run);
    return { step, folder: run.checkpointPath(step), isNewest: false, reason };
  }
  if (name !== undefined && !/^\d+$/.test(name)) return checkpointAt(run, name);
  const steps = await run.checkpoints();
  const newest = steps.at(-1);
  if (newest === undefined) throw await noCheckpoint(run);
  const step = name === undefined ? newest : Number(name);
  if (!steps.includes(step))
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--checkpoint ${name}: ${run.path} has no checkpoint of this step. It has: ${steps.join(', ')}. ` +
        'trainer.keepCheckpoints sets how many a training keeps.',
    );
  return { step, folder: run.checkpointPath(step), isNewest: name === undefined };
}

async function noCheckpoint(run: RunDirectory): Promise<CarlError> {
  const failure = await run.failure();
  const advice = failure
    ? `Its training failed:\n${failure.message}\n${failureAdvice(run.path)}`
    : `Train it first: ${resumeCommandOf(run.path)}`;
  return new CarlError('INPUT_RUN', `${run.path} has no checkpoint. ${advice}`);
}

async function checkpointAt(run: RunDirectory, path: string): Promise<ChosenCheckpoint> {
  const folder = resolve(path);
  if (!existsSync(folder)) throw unknown(path, 'there is no such step or folder');
  if (!statSync(folder).isDirectory())
    throw unknown(path, 'it is a file. Name the folder of the checkpoint, or judge a file of weights with --weights');
  if (!existsSync(resolve(folder, 'checkpoint.json')))
    throw unknown(path, 'this folder is not a checkpoint: it has no checkpoint.json');
  const { step, pipeline } = await describeCheckpoint(folder);
  const place = checkpointPlace(folder, await run.lock());
  if (pipeline !== undefined && pipeline !== place.pipeline && !place.earlier?.includes(pipeline))
    throw unknown(path, `it is a checkpoint of another run than ${run.path}: pipeline or seed differ`);
  return { step, folder, path: folder, isNewest: false };
}

function unknown(path: string, problem: string): CarlError {
  return new CarlError(
    'INPUT_ARGUMENT',
    `--checkpoint ${path}: ${problem}. It takes a number of steps, \`best\`, or the folder of a checkpoint of the run.`,
  );
}

/** Reads the weights of a network: of a newer checkpoint if the training has removed the newest meanwhile. @throws CarlError INPUT_RUN */
export async function readCheckpoint(
  run: RunDirectory,
  chosen: ChosenCheckpoint,
  network: NetworkName = 'student',
): Promise<ReadCheckpoint> {
  const lock = await run.lock();
  for (let attempt = 1, { step, folder, path } = chosen; ; attempt++) {
    try {
      const { files } = await describeCheckpoint(folder);
      const tensors = await loadWeights(checkpointPlace(folder, lock), network);
      const sha256 = files[network === 'student' ? 'weights.safetensors' : 'teacher.safetensors'];
      return { step, ...(path !== undefined && { path }), tensors, source: folder, sha256 };
    } catch (error) {
      if (!chosen.isNewest || existsSync(folder) || attempt === ATTEMPTS) throw error;
      ({ step, folder } = await chosenCheckpoint(run));
    }
  }
}
