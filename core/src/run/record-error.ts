import type { Collective } from '../contracts/collective.js';
import { damagedFileOf } from '../data/damaged-file.js';
import { CarlError } from '../errors/carl-error.js';
import { failureAdvice, trainingFailure } from './failure.js';
import type { RunDirectory } from './run-directory.js';

/** Writes what a run directory keeps of an error. The error must reach the caller, even where nothing can be written. */
export async function recordError(error: unknown, run: RunDirectory): Promise<void> {
  const ignored = () => undefined;
  const [damaged, failure] = [damagedFileOf(error), trainingFailure(error)];
  if (damaged) await run.addDamagedFile(damaged).catch(ignored);
  if (CarlError.is(error)) await run.log(`${error.code}: ${error.message}`).catch(ignored);
  if (failure) await run.writeFailure(failure).catch(ignored);
}

/** Gives the workers the command that continues a training after the loss of one of them. Returns their advice for users. */
export function advised(collective: Collective, command: string): string {
  const advice = `Continue from the last checkpoint: ${command}`;
  collective.advise?.(advice);
  return advice;
}

/**
 * The error of a training, with what users can do then.
 * @param continuation the advice after the loss of another worker
 */
export function withAdvice(
  error: unknown,
  { path, continuation }: { readonly path: string; readonly continuation: string },
): unknown {
  if (!CarlError.is(error)) return error;
  if (trainingFailure(error)) return explained(error, `\n${failureAdvice(path)}`);
  return error.code === 'COLLECTIVE' ? explained(error, ` ${continuation}`) : error;
}

function explained(error: CarlError, advice: string): CarlError {
  return new CarlError(error.code, `${error.message}${advice}`, { cause: error });
}
