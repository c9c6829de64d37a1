import type { EvaluatorResult } from '../contracts/evaluator.js';
import { subjectLabel, type Results } from '../evaluate/results.js';
import { aligned } from '../text/tables.js';

/** All finished runs of a variant. */
export interface VariantRuns {
  readonly name: string;
  readonly runs: readonly {
    readonly seed: number;
    readonly results: Results;
    readonly seconds: number;
    /** Kinds of the collapses that the monitor reported. */
    readonly warnings: readonly string[];
  }[];
}

/** Mean and standard deviation (n - 1) over seeds. */
interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly n: number;
}

function spreadOf(values: readonly number[]): Spread {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = n > 1 ? values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) : 0;
  return { mean, deviation: Math.sqrt(variance), n };
}

/**
 * A table with one row for each variant: mean and standard deviation of every test result over its seeds, and the time
 * of a training; then the untrained encoders and raw pixels. A variant whose monitor found a collapse is marked, not
 * left out.
 */
export function summaryTable(variants: readonly VariantRuns[]): string {
  const finished = variants.filter(({ runs }) => runs.length > 0);
  if (finished.length === 0) return 'no run is finished yet';
  const metrics = [
    ...new Set(
      finished.flatMap(({ runs }) =>
        runs[0].results.trained
          .filter(({ split, kind }) => split === 'test' && kind !== 'setting')
          .map(({ metric }) => metric),
      ),
    ),
  ];
  const row = (
    name: string,
    runs: VariantRuns['runs'],
    pick: (results: Results) => readonly EvaluatorResult[],
  ): string[] => [
    name,
    ...metrics.map(metric =>
      cell(runs.flatMap(({ results }) => pick(results).filter(one => one.metric === metric && one.split === 'test'))),
    ),
    String(runs.length),
  ];
  const baselines = [
    row(untrainedLabel(finished), oneOfEachSeed(finished), results => results.untrained),
    row('raw pixels', finished[0].runs.slice(0, 1), results => results.pixels),
  ].filter(([, ...cells]) => cells.slice(0, metrics.length).some(text => text !== ''));
  const rows = [
    ['', ...metrics.map(metric => `${metric} test`), 'seeds', 'seconds', 'collapse'],
    ...finished.map(({ name, runs }) => [
      ...row(labelOf(name, runs), runs, results => results.trained),
      seconds(runs),
      collapses(runs),
    ]),
    ...baselines.map(cells => [...cells, '', '']),
  ];
  return aligned(rows);
}

function untrainedLabel(variants: readonly VariantRuns[]): string {
  const all = variants.flatMap(({ runs }) => runs.map(({ results }) => subjectLabel('untrained', results)));
  return [...new Set(all)].join(' or ');
}

/** Names the network where the pipeline has a teacher. */
function labelOf(name: string, [{ results }]: VariantRuns['runs']): string {
  return results.network === undefined ? name : `${name} (${results.network})`;
}

/** One run for each seed, since untrained encoders differ by seed and not by method. */
function oneOfEachSeed(variants: readonly VariantRuns[]): VariantRuns['runs'] {
  const bySeed = new Map(variants.flatMap(({ runs }) => runs.map(run => [run.seed, run] as const)));
  return [...bySeed.values()];
}

function cell(figures: readonly EvaluatorResult[]): string {
  if (figures.length === 0) return '';
  const factor = figures[0].kind === 'accuracy' ? 100 : 1;
  const { mean, deviation, n } = spreadOf(figures.map(({ value }) => value * factor));
  return n > 1 ? `${mean.toFixed(1)} ± ${deviation.toFixed(1)}` : mean.toFixed(1);
}

function seconds(runs: VariantRuns['runs']): string {
  return spreadOf(runs.map(run => run.seconds)).mean.toFixed(0);
}

function collapses(runs: VariantRuns['runs']): string {
  return [...new Set(runs.flatMap(({ warnings }) => warnings))].join(', ');
}
