import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { presentResults, type Results } from '../evaluate/results.js';
import { isStoredResults } from '../evaluate/stored-results.js';
import { makeFolders, writeAtomic } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';
import { damaged } from './damaged.js';

/** Where the results of an evaluation are kept. */
export interface ResultsStore {
  /** Undefined if there are none yet. @throws CarlError INPUT_RUN */
  read(): Promise<Results | undefined>;
  /** @throws CarlError DISK */
  write(results: Results): Promise<void>;
  /** Path of a file that the user named: content of another kind, or results of another evaluation, are not replaced. */
  readonly named?: string;
}

/** Results in a file of their own. */
export function resultsFile(path: string): ResultsStore {
  return {
    read: () => readResults(path),
    write: async results => {
      await makeFolders(dirname(path));
      await writeAtomic(path, `${JSON.stringify(results, null, 2)}\n`);
    },
  };
}

/** Results in a file that the user named. */
export function namedResultsFile(path: string): ResultsStore {
  return { ...resultsFile(path), named: path };
}

/** Results that are not kept. */
export const noStore: ResultsStore = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() };

/** Reads a file of results; undefined if there is none. @throws CarlError INPUT_RUN */
async function readResults(path: string): Promise<Results | undefined> {
  if (!existsSync(path)) return undefined;
  const stored: unknown = await readText(path)
    .then(text => JSON.parse(text) as unknown)
    .catch((error: unknown) => {
      throw damaged(path, error);
    });
  if (!isStoredResults(stored)) throw damaged(path, new Error('it does not have the form of results'));
  return presentResults(stored);
}
