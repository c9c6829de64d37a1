import { damagedFileOf } from '../data/damaged-file.js';
import { CarlError } from '../errors/carl-error.js';
import { failureAdvice, trainingFailure } from './failure.js';
import { resumeCommandOf } from './resume-command.js';
import type { RunDirectory } from './run-directory.js';

/** Writes what a run directory keeps of an error. The error must reach the caller, even where nothing can be written. */
export async function recordError(error: unknown, run: RunDirectory): Promise<void> {
  const ignored = () => undefined;
  const [damaged, failure] = [damagedFileOf(error), trainingFailure(error)];
  if (damaged) await run.addDamagedFile(damaged).catch(ignored);
  if (CarlError.is(error)) await run.log(`${error.code}: ${error.message}`).catch(ignored);
  if (failure) await run.writeFailure(failure).catch(ignored);
}

/** The error of a training, with a command: if another worker has ended, the one that continues the run; if the training failed, one for a new run. */
export function withContinuation(error: unknown, { path }: RunDirectory): unknown {
  if (!CarlError.is(error)) return error;
  if (trainingFailure(error)) return withAdvice(error, `\n${failureAdvice(path)}`);
  if (error.code !== 'COLLECTIVE') return error;
  return withAdvice(error, ` Continue from the last checkpoint: ${resumeCommandOf(path)}`);
}

function withAdvice(error: CarlError, advice: string): CarlError {
  return new CarlError(error.code, `${error.message}${advice}`, { cause: error });
}
