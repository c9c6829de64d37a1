import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { concurrently } from '../files/concurrently.js';
import { unreadable } from '../files/data-file.js';

/** Files that are asked for before other work may go on. */
const AT_A_TIME = 256;

/** Longest time in ms for which these are asked for one after another: 40 microseconds each. */
const FAST_MS = 10;

/** Size of a file in bytes, and when it was last modified, in ms since 1970. */
export interface FileState {
  readonly size: number;
  readonly modified: number;
}

/**
 * Calls `use` with the state of each file. A disk whose answers lie in memory gives them sooner than another thread can be
 * asked, so files are asked for one after another as long as that is fast, and else several at once.
 * @throws CarlError INPUT_FILE for the first file without a state
 */
export async function eachFileState<T>(
  files: readonly T[],
  pathOf: (file: T) => string,
  use: (state: FileState, file: T) => void,
): Promise<void> {
  let fast = true;
  for (let first = 0; first < files.length; first += AT_A_TIME) {
    const some = files.slice(first, first + AT_A_TIME);
    const start = performance.now();
    if (fast) some.forEach(file => use(stateNow(pathOf(file)), file));
    else await concurrently(some, async file => use(await stateSoon(pathOf(file)), file));
    fast = performance.now() - start < FAST_MS;
    await setImmediate();
  }
}

function stateNow(path: string): FileState {
  try {
    return stateOf(statSync(path));
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

async function stateSoon(path: string): Promise<FileState> {
  try {
    return stateOf(await stat(path));
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

function stateOf({ size, mtimeMs }: Stats): FileState {
  return { size, modified: mtimeMs };
}
