import { relative } from 'node:path';
import type { SplitName } from '../../contracts/dataset.js';
import { CarlError } from '../../errors/carl-error.js';
import { figuresOf } from '../../evaluate/results.js';
import type { RunSummary } from '../../run/run-list.js';
import { closest } from '../../text/closest.js';
import { csvLine } from '../../text/csv-line.js';
import { aligned } from '../../text/tables.js';

/** One row for each run; paths are relative to `folder`. */
export function runsTable(runs: readonly RunSummary[], folder = ''): string {
  return aligned([
    ['run', 'pipeline', 'seed', 'state', 'step', 'seconds', 'started', 'collapse'],
    ...runs.map(({ path, name, seed, state, step, seconds, created, collapses = [] }) => [
      relative(folder, path) || path,
      name,
      String(seed ?? ''),
      state,
      String(step ?? ''),
      seconds?.toFixed(0) ?? '',
      created?.slice(0, 16).replace('T', ' ') ?? '',
      collapses.join(', '),
    ]),
  ]);
}

interface Ranking {
  readonly metric: string;
  readonly lowest?: boolean;
}

/** Runs that have a metric on validation, the best first. @throws CarlError INPUT_ARGUMENT if none has */
export function bestFirst(runs: readonly RunSummary[], { metric, lowest = false }: Ranking): readonly RunSummary[] {
  const having = runs.filter(run => valueOf(run, metric, 'validation') !== undefined);
  if (having.length === 0) throw noSuchMetric(runs, metric);
  const sign = lowest ? 1 : -1;
  const score = (run: RunSummary): number => sign * valueOf(run, metric, 'validation')!.value;
  return [...having].sort((a, b) => score(a) - score(b));
}

export function bestTable(
  runs: readonly RunSummary[],
  { metric, folder }: { readonly metric: string; readonly folder: string },
): string {
  return aligned([
    ['run', 'pipeline', 'seed', `${metric} validation`, `${metric} test`, 'collapse'],
    ...runs.map(run => [
      relative(folder, run.path) || run.path,
      run.name,
      String(run.seed),
      shown(valueOf(run, metric, 'validation')),
      shown(valueOf(run, metric, 'test')),
      (run.collapses ?? []).join(', '),
    ]),
  ]);
}

/** `run,pipeline,seed,state,subject,metric,split,kind,value`, one line for each figure. */
export function resultsCsv(runs: readonly RunSummary[]): string {
  const lines = runs.flatMap(({ path, name, seed, state, results }) =>
    (results ? figuresOf(results) : []).map(one =>
      csvLine([path, name, seed ?? '', state, one.subject, one.metric, one.split, one.kind, one.value]),
    ),
  );
  return ['run,pipeline,seed,state,subject,metric,split,kind,value', ...lines].join('\n');
}

function valueOf({ results }: RunSummary, metric: string, split: SplitName) {
  return results?.trained.find(one => one.metric === metric && one.split === split);
}

function shown(figure: ReturnType<typeof valueOf>): string {
  if (figure === undefined) return '';
  return figure.kind === 'accuracy' ? `${(100 * figure.value).toFixed(1)}%` : figure.value.toPrecision(4);
}

function noSuchMetric(runs: readonly RunSummary[], metric: string): CarlError {
  const trained = runs.flatMap(({ results }) => results?.trained ?? []);
  const names = [...new Set(trained.filter(({ split }) => split === 'validation').map(one => one.metric))];
  const near = closest(metric, names);
  const advice =
    near === undefined ? `They have: ${names.join(', ') || 'no results on validation'}.` : `Is ${near} meant?`;
  return new CarlError('INPUT_ARGUMENT', `No run has the metric ${metric} on validation. ${advice}`);
}
