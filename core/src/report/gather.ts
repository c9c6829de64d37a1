import { basename, dirname, join, relative } from 'node:path';
import { variantRun } from '../compare/collect.js';
import type { VariantRuns } from '../compare/variant-runs.js';
import { CarlError } from '../errors/carl-error.js';
import { readRun, type RunRecord } from '../run/read-run.js';
import { findRuns } from '../run/run-list.js';
import { curvesOf, type Curves } from './run-curves.js';

/** A run with its curves. */
export interface ReportedRun {
  /** Path from the folder of the report. */
  readonly name: string;
  /** Name of its pipeline in the report. */
  readonly pipeline: string;
  readonly record: RunRecord;
  readonly loss: Curves;
  readonly health: Curves;
}

/** What a report shows. */
export interface Gathered {
  readonly folder: string;
  readonly runs: readonly ReportedRun[];
  readonly variants: readonly VariantRuns[];
  /** Runs that cannot be read, with the reason. */
  readonly damaged: readonly (readonly [name: string, reason: string])[];
}

/** Reads all runs below a folder; runs in folders `seed-N` beside each other are those of one pipeline. @throws CarlError INPUT_ARGUMENT */
export async function gather(folder: string): Promise<Gathered> {
  const paths = await findRuns(folder);
  if (paths.length === 0) throw new CarlError('INPUT_ARGUMENT', `${folder} has no runs: there is nothing to report.`);
  const [runs, damaged]: [ReportedRun[], [string, string][]] = [[], []];
  for (const path of paths) {
    const name = relative(folder, path) || basename(path);
    try {
      const record = await readRun(path);
      runs.push({ name, pipeline: pipelineName(folder, path), record, ...(await curvesOf(record)) });
    } catch (error) {
      if (!CarlError.is(error)) throw error;
      damaged.push([name, error.message]);
    }
  }
  return { folder, runs, variants: await variantsOf(runs), damaged };
}

function pipelineName(folder: string, path: string): string {
  const group = /^seed-\d+$/.test(basename(path)) ? dirname(path) : path;
  return relative(folder, group) || basename(join(process.cwd(), group));
}

async function variantsOf(runs: readonly ReportedRun[]): Promise<readonly VariantRuns[]> {
  const names = [...new Set(runs.map(({ pipeline }) => pipeline))];
  const finished = await Promise.all(runs.map(async ({ pipeline, record }) => ({ pipeline, found: await variantRun(record) }))); // prettier-ignore
  return names.map(name => ({
    name,
    runs: finished.flatMap(({ pipeline, found }) => (pipeline === name ? found : [])),
  }));
}
