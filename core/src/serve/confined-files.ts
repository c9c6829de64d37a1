import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';

/** Files of a run that are read at once. */
const READ_AT_ONCE = ['lock.json', 'pipeline.json', 'results.json', 'failure.json', 'timing.jsonl'];

/** Bytes of such a file, at most. A long run has a few hundred kilobytes. */
const LARGEST = 32 * 2 ** 20;

/**
 * Refuses a run whose folder or files are links, which could lead out of the folder of runs, and files that would fill the
 * memory.
 * @throws CarlError INPUT_RUN
 */
export async function assertConfined(run: string): Promise<void> {
  if ((await realpath(run)) !== run) throw refusal(run, 'it is a link');
  for (const name of READ_AT_ONCE) {
    const file = join(run, name);
    const state = await regularState(file);
    if (state && state.size > LARGEST)
      throw refusal(file, `it has ${state.size} bytes, and at most ${LARGEST} are read`);
  }
  await regularState(join(run, 'metrics.jsonl'));
}

/** State of a regular file; undefined if it does not exist. @throws CarlError INPUT_RUN for a link and anything else */
export async function regularState(file: string): Promise<Stats | undefined> {
  const state = await lstat(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (state && !state.isFile())
    throw refusal(file, `it is ${state.isSymbolicLink() ? 'a link' : 'not a regular file'}`);
  return state;
}

function refusal(file: string, reason: string): CarlError {
  return new CarlError('INPUT_RUN', `${file} is not read: ${reason}.`);
}
