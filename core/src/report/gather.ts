import { basename, dirname, join, relative } from 'node:path';
import { readAdded } from '../compare/added.js';
import { variantRun } from '../compare/collect.js';
import type { TrialRecord } from '../compare/trial-table.js';
import type { VariantRuns } from '../compare/variant-runs.js';
import { CarlError } from '../errors/carl-error.js';
import { readRun, type RunRecord } from '../run/read-run.js';
import { findRuns } from '../run/run-list.js';
import type { MethodCard } from '../plugin/method-card.js';
import { openRun } from '../run/open-run.js';
import { objectivesOf } from '../config/components.js';
import { messageOf } from '../text/message-of.js';
import { curvesOf, type Curves } from './run-curves.js';
import { recordedComparison } from './recorded-comparison.js';
import { imagesKey, storedImages, storeImages, type RunImages } from './run-images.js';

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
  /** The pipelines of the runs, then results from elsewhere. */
  readonly variants: readonly VariantRuns[];
  /** Trials that the settings of the pipelines were chosen from. Their runs are not among `runs`. */
  readonly trials: readonly TrialRecord[];
  /** Runs that cannot be read, with the reason. */
  readonly damaged: readonly (readonly [name: string, reason: string])[];
  readonly images: ReportedImages;
  /** Methods of the pipelines, if their plugins were loaded. */
  readonly methods: readonly MethodCard[];
}

/** Images of the first run of each pipeline. */
export interface ReportedImages {
  readonly shown: readonly { readonly name: string; readonly images: RunImages }[];
  /** Runs whose data or encoder cannot be used, with the reason. */
  readonly missing: readonly (readonly [name: string, reason: string])[];
  /** Number of further pipelines. */
  readonly left: number;
}

/** Where images come from: encoders that run now, unless an earlier report has kept them, or earlier reports alone. */
export type ImageSource = 'encoders' | 'earlier reports' | 'none';

/** Pipelines whose images are shown, so that a page stays small. */
const MOST_EXAMINED = 6;

/** Reads all runs below a folder; runs in folders `seed-N` beside each other are those of one pipeline. @throws CarlError INPUT_ARGUMENT */
export async function gather(folder: string, source: ImageSource, added: readonly string[]): Promise<Gathered> {
  const { trials, names } = await recordedComparison(folder);
  const paths = inOrder(await runsBeside(trials, folder), names, folder);
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
  const images = await imagesOf(runs, source);
  const methods = source === 'none' ? [] : await methodsOf(firstRuns(runs).map(({ record }) => record));
  const own = await variantsOf(runs);
  const variants = [
    ...own,
    ...(await readAdded(
      added,
      own.map(({ name }) => name),
    )),
  ];
  return { folder, runs, variants, trials, damaged, images, methods };
}

/** All runs below a folder but those of trials. */
async function runsBeside(trials: readonly TrialRecord[], folder: string): Promise<readonly string[]> {
  const names = new Set(trials.flatMap(one => one.trials.map(({ name }) => name)));
  return (await findRuns(folder)).filter(path => !names.has(pipelineName(folder, path)));
}

/** Runs in the order of the comparison's pipelines, others after them. */
function inOrder(paths: readonly string[], names: readonly string[], folder: string): readonly string[] {
  const place = (path: string): number => {
    const index = names.indexOf(pipelineName(folder, path));
    return index < 0 ? names.length : index;
  };
  return [...paths].sort((a, b) => place(a) - place(b));
}

async function imagesOf(runs: readonly ReportedRun[], source: ImageSource): Promise<ReportedImages> {
  const firsts = firstRuns(runs);
  const [shown, missing]: [{ name: string; images: RunImages }[], [string, string][]] = [[], []];
  if (source === 'none') return { shown, missing, left: 0 };
  for (const { name, record } of firsts.slice(0, MOST_EXAMINED)) {
    try {
      const key = await imagesKey(record);
      const images = (await storedImages(record.path, key)) ?? (source === 'encoders' ? await examined(record, key) : undefined); // prettier-ignore
      if (images) shown.push({ name, images });
    } catch (error) {
      missing.push([name, messageOf(error)]);
    }
  }
  return { shown, missing, left: Math.max(0, firsts.length - MOST_EXAMINED) };
}

/** The first run of each pipeline. */
function firstRuns(runs: readonly ReportedRun[]): readonly ReportedRun[] {
  return runs.filter(({ pipeline }, i) => runs.findIndex(run => run.pipeline === pipeline) === i);
}

/** Cards of all methods in these runs, each once. Runs that cannot be loaded have none. */
async function methodsOf(records: readonly RunRecord[]): Promise<readonly MethodCard[]> {
  const cards = new Map<string, MethodCard>();
  for (const { path } of records) {
    const opened = await openRun(path).catch(() => undefined);
    for (const { component } of opened ? objectivesOf(opened.loaded.components) : [])
      if (component?.card) cards.set(component.card.name, component.card);
  }
  return [...cards.values()];
}

async function examined(record: RunRecord, key: string): Promise<RunImages> {
  const { examineRun } = await import('./examine-run.js');
  const images = await examineRun(record, key);
  await storeImages(record.path, images);
  return images;
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
