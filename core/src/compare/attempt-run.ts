import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { failures } from '../evaluate/results.js';
import { RunExistsError } from '../run/run-exists-error.js';
import { resumeSession, startSession, type SessionListeners } from '../run/session.js';
import { isRunInUse, RunInUseError, withRunClaim } from '../run/training-lock.js';
import { messageOf } from '../text/message-of.js';
import { failureOf, isFinished } from './collect.js';
import type { ComparedRun } from './compared-run.js';
import type { Attempt } from './work-together.js';

export interface AttemptOptions {
  readonly listeners: SessionListeners;
  readonly backend?: string;
  /** Called before a run is trained or evaluated. */
  onStart(run: ComparedRun): void;
  /** Gets the failures of evaluators and the reason why a run has no results, one line each. */
  onMessage(line: string): void;
}

/**
 * Trains and evaluates a run of a comparison, unless it is finished, failed before, or another process has it. The run is
 * claimed throughout, and looked at again under the claim.
 * @throws errors that every other run would end with too
 */
export async function attemptRun(run: ComparedRun, options: AttemptOptions): Promise<Attempt> {
  const { path, title } = run;
  try {
    const ended = await endOf(path);
    if (ended) return ended;
    if (await isRunInUse(path)) return { status: 'busy' };
    return await withRunClaim(path, async () => (await endOf(path)) ?? trainAndEvaluate(run, options));
  } catch (error) {
    if (endsAll(error)) throw error;
    if (error instanceof RunInUseError || (error instanceof RunExistsError && existsSync(join(path, 'lock.json'))))
      return { status: 'busy' };
    const reason = `failed: ${messageOf(error)}`;
    options.onMessage(`${title}: ${reason}`);
    return { status: 'failed', reason };
  }
}

/** How a run has ended; undefined if it has not. */
export async function endOf(path: string): Promise<Attempt | undefined> {
  if (await isFinished(path)) return { status: 'finished' };
  const failure = await failureOf(path);
  return failure === undefined
    ? undefined
    : { status: 'failed', reason: `failed: ${failure} Try it again with --retry.` };
}

/** Errors of the machine or of the command, which every other run would end with too. */
function endsAll(error: unknown): boolean {
  return CarlError.is(error) && ['DISK', 'BACKEND_UNAVAILABLE', 'INPUT_ARGUMENT'].includes(error.code);
}

async function trainAndEvaluate(run: ComparedRun, options: AttemptOptions): Promise<Attempt> {
  const { listeners, backend } = options;
  options.onStart(run);
  const session = existsSync(join(run.path, 'lock.json'))
    ? await resumeSession(run.path, listeners, { backend })
    : await startSession(await run.load(), run.path, listeners);
  for (const failure of session.results ? failures(session.results) : []) options.onMessage(failure);
  return { status: session.status };
}
