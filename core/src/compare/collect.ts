import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isComplete } from '../evaluate/results.js';
import { collapsesOf, readRun, type RunRecord } from '../run/read-run.js';
import { RunDirectory } from '../run/run-directory.js';
import { trainingCost } from './training-cost.js';
import type { VariantRun, VariantRuns } from './variant-runs.js';

/** Folder of the run of a variant with a seed. */
export function runPath(out: string, name: string, seed: number): string {
  return join(out, name, `seed-${seed}`);
}

/** True if that run is finished and every evaluator has run. */
export async function isFinished(path: string): Promise<boolean> {
  if (!existsSync(join(path, 'lock.json'))) return false;
  const results = await (await RunDirectory.open(path)).results();
  return results !== undefined && isComplete(results);
}

/** True if all of these runs are. */
export async function areFinished(out: string, names: readonly string[], seeds: readonly number[]): Promise<boolean> {
  for (const name of names) for (const seed of seeds) if (!(await isFinished(runPath(out, name, seed)))) return false;
  return true;
}

/** Reason why the training of a run failed; undefined if it did not. */
export async function failureOf(path: string): Promise<string | undefined> {
  if (!existsSync(join(path, 'lock.json'))) return undefined;
  return (await (await RunDirectory.open(path)).failure())?.message;
}

/** All finished runs of a variant below a folder. */
export async function collectRuns(out: string, name: string, seeds: readonly number[]): Promise<VariantRuns> {
  const runs: VariantRun[] = [];
  for (const seed of seeds) {
    const path = runPath(out, name, seed);
    if (await isFinished(path)) runs.push(...(await variantRun(await readRun(path))));
  }
  return { name, runs };
}

/** The part of a run that comparisons need; none if it is not finished. */
export async function variantRun(run: RunRecord): Promise<readonly VariantRun[]> {
  const { lock, results, seconds } = run;
  if (results === undefined || !isComplete(results)) return [];
  return [{ seed: lock.seed, results, seconds, cost: await trainingCost(run), warnings: collapsesOf(run) }];
}
