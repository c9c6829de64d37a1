import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { componentArgument } from '../config/component-argument.js';
import type { Collective } from '../contracts/collective.js';
import { CarlError, type ErrorCode } from '../errors/carl-error.js';
import { openCollective } from '../run/open-collective.js';
import { printable } from '../text/printable.js';
import { ExitStatus } from './exit-status.js';
import { reportError, systemError } from './report-error.js';

/** Errors that all workers find at the same step. Worker 0 ends the others when everything is written. */
const SHARED: readonly ErrorCode[] = ['TRAIN_NOT_FINITE', 'TRAIN_COLLAPSE'];
/** Milliseconds that worker 0 has to report an error that the others may have as well, and to write the end of a run. */
const REPORTING = 1_000;
const WRITING = 600_000;

/**
 * Runs a command as one of several workers, if there are several. If it fails, it ends the processes of all workers, which
 * would wait for it.
 * @param named the component that `--collective` names
 */
export async function asWorker(
  named: string | undefined,
  work: (collective: Collective | undefined) => Promise<void>,
): Promise<void> {
  const wanted = named === undefined ? undefined : componentArgument('--collective', named);
  const collective = await openCollective(wanted);
  if (!collective) return work(undefined);
  const folder = process.cwd();
  let closed = false;
  const close = async (): Promise<void> => {
    await collective.close?.();
    closed = true;
  };
  try {
    await work({ ...collective, close });
  } catch (error) {
    if (!closed && !(error instanceof ExitStatus)) await endAll(collective, error, folder);
    throw error;
  }
}

/** @param folder the working folder at the start, below which files were looked for */
async function endAll(collective: Collective, thrown: unknown, folder: string): Promise<void> {
  const { rank, size } = collective;
  if (!collective.abort) return;
  const error = systemError(thrown);
  const code = CarlError.is(error) ? error.code : undefined;
  if (rank > 0) {
    await setTimeout(code && SHARED.includes(code) ? WRITING : REPORTING);
    const place = printable(`on ${hostname()}, in the folder ${folder}`);
    process.stderr.write(`worker ${rank} of ${size}, ${place}, ends all workers:\n`);
  }
  reportError(error, process.argv.includes('--debug'));
  collective.abort(CarlError.is(error) ? error.exitCode : 1);
}
