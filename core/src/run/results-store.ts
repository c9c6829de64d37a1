import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { presentResults, type Results } from '../evaluate/results.js';
import { isStoredResults } from '../evaluate/stored-results.js';
import { makeFolders, orDiskError, writeAtomic } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';
import { damaged } from './damaged.js';
import { jsonText } from '../text/json-text.js';

/** Where the results of an evaluation are kept. */
export interface ResultsStore {
  /** Undefined if there are none yet. @throws CarlError INPUT_RUN */
  read(): Promise<Results | undefined>;
  /** Replaces the results, and removes the draft. @throws CarlError DISK */
  write(results: Results): Promise<void>;
  /** Results that will replace others once they are complete. @throws CarlError INPUT_RUN */
  readDraft(): Promise<Results | undefined>;
  /** @throws CarlError DISK */
  writeDraft(results: Results): Promise<void>;
  /** File of the draft; undefined if nothing is kept. */
  readonly draft?: string;
  /** Path of a file that the user named: content of another kind, or results of another evaluation, are not replaced. */
  readonly named?: string;
}

/** Results in a file of their own; the draft is in `<file>.partial`. */
export function resultsFile(path: string): ResultsStore {
  const draft = draftOf(path);
  return {
    read: () => readResults(path),
    write: async results => {
      await writeResults(path, results);
      await orDiskError(draft, () => rm(draft, { force: true }));
    },
    readDraft: () => readResults(draft),
    writeDraft: results => writeResults(draft, results),
    draft,
  };
}

/** Results in a file that the user named. */
export function namedResultsFile(path: string): ResultsStore {
  return { ...resultsFile(path), named: path };
}

/** Results that are not kept. */
export const noStore: ResultsStore = {
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  readDraft: () => Promise.resolve(undefined),
  writeDraft: () => Promise.resolve(),
};

/** The file that has the newest results of an evaluation: the draft while there is one. */
export function newestResults(path: string): string {
  return existsSync(draftOf(path)) ? draftOf(path) : path;
}

function draftOf(path: string): string {
  return `${path}.partial`;
}

async function writeResults(path: string, results: Results): Promise<void> {
  await makeFolders(dirname(path));
  await writeAtomic(path, jsonText(results));
}

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
