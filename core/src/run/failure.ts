import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { shellWord } from '../text/shell-word.js';

export const FAILURE_FILE = 'failure.json';

/** The content of `failure.json`: why a training ended for good. Its numbers are the same in every repetition. */
export interface TrainingFailure {
  readonly format: 1;
  readonly code: string;
  readonly message: string;
}

/** The failure of a training whose numbers end it; undefined for errors of disk, data or program, which may pass. */
export function trainingFailure(error: unknown): TrainingFailure | undefined {
  if (!CarlError.is(error) || !error.code.startsWith('TRAIN_')) return undefined;
  return { format: 1, code: error.code, message: error.message };
}

/** How to continue after a failure: the run itself keeps its options, so it would fail again at the same step. */
export function failureAdvice(path: string): string {
  const command = `carl train ${shellWord(join(path, 'pipeline.json'))} --set KEY=VALUE`;
  return `A resumed run keeps its options and fails again. Train a new run with other options: ${command}`;
}

/** True for the content of a `failure.json`. */
export function isTrainingFailure(stored: unknown): stored is TrainingFailure {
  const { format, code, message } = (stored ?? {}) as Partial<TrainingFailure>;
  return format === 1 && typeof code === 'string' && typeof message === 'string';
}
