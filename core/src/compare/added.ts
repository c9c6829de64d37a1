import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { readRun } from '../run/read-run.js';
import { findRuns } from '../run/run-list.js';
import { systemReason } from '../text/system-reason.js';
import { variantRun } from './collect.js';
import { readForeignResults } from './foreign-results.js';
import type { VariantRuns } from './variant-runs.js';

/** Results that were not made by this comparison. */
export interface Added extends VariantRuns {
  /** A run directory of it; undefined for results from a file. */
  readonly path?: string;
  /** Where results from a file come from. */
  readonly source?: string;
}

/**
 * Reads finished runs and results of others: a run directory, a folder of them, or a JSON file for each path. Runs in folders
 * `seed-N` beside each other are those of one pipeline, named by the folder above.
 * @param taken names that are in use; a name that is taken is replaced by the path
 * @throws CarlError INPUT_ARGUMENT, INPUT_FILE, INPUT_RUN
 */
export async function readAdded(paths: readonly string[], taken: readonly string[]): Promise<readonly Added[]> {
  const added: Added[] = [];
  for (const path of paths) {
    const found = (await isFile(path)) ? await readForeignResults(path) : await readRuns(path);
    for (const one of found) {
      const names = [...taken, ...added.map(({ name }) => name)];
      const name = names.includes(one.name) ? `${one.name} (${path})` : one.name;
      if (names.includes(name)) throw new CarlError('INPUT_ARGUMENT', `--add ${path}: ${one.name} is there twice.`);
      added.push({ ...one, name });
    }
  }
  return added;
}

async function isFile(path: string): Promise<boolean> {
  if (/\.ya?ml$/i.test(path) && existsSync(path))
    throw new CarlError('INPUT_ARGUMENT', `--add ${path}: this is a pipeline. Name it without --add to train it, or give the directory of a finished run of it.`); // prettier-ignore
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    throw new CarlError('INPUT_ARGUMENT', `--add ${path}: ${systemReason(error)}. Give a run directory, a folder of runs, or a JSON file of results.`); // prettier-ignore
  }
}

async function readRuns(folder: string): Promise<readonly Added[]> {
  const groups = new Map<string, Added>();
  for (const path of await findRuns(folder)) {
    const group = /^seed-\d+$/.test(basename(path)) ? dirname(resolve(path)) : resolve(path);
    const before = groups.get(group) ?? { name: basename(group), runs: [], path };
    groups.set(group, { ...before, runs: [...before.runs, ...(await variantRun(await readRun(path)))] });
  }
  const finished = [...groups.values()].filter(({ runs }) => runs.length > 0);
  if (finished.length > 0) return finished;
  throw new CarlError('INPUT_ARGUMENT', `--add ${folder}: there is no finished run. Give a run directory or a folder of runs.`); // prettier-ignore
}
