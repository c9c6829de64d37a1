import type { EvaluatorResult } from '../contracts/evaluator.js';
import { legendLines, metricLegend, subjectLabel, type LegendEntry, type Results } from '../evaluate/results.js';
import { aligned } from '../text/tables.js';
import { differencesLegend, differencesOf, differencesRows, LEVEL, resolutions } from './differences.js';
import { datasetRanks, rankRows } from './dataset-ranks.js';
import { costCells, probeRows } from './cost-cells.js';
import { meanInterval } from './statistics/mean-interval.js';
import { testMetrics, type TestMetric, type VariantRuns } from './variant-runs.js';

/** The tables of a comparison as cells of text. */
export interface Summary {
  /** Head, one row for each variant, then the baselines. */
  readonly results: readonly (readonly string[])[];
  /** Head and one row for each variant but the first; empty if there is nothing to compare. */
  readonly differences: readonly (readonly string[])[];
  /** What the number of seeds can show. */
  readonly sentences: readonly string[];
  /** Accuracy of the online probe over the time of training: head and one row for each variant that has one; else empty. */
  readonly probe: readonly (readonly string[])[];
  /** Mean ranks over several datasets, with p of Friedman's test; empty if the variants share one dataset only. */
  readonly ranks: readonly (readonly string[])[];
  readonly legend: readonly LegendEntry[];
}

/** The summary as text, for terminals of the given width. */
export function summaryTable(variants: readonly VariantRuns[], width?: number): string {
  const summary = summarise(variants);
  if (summary === undefined) return 'no run is finished yet';
  const { results, differences, sentences, probe, ranks, legend } = summary;
  const compared = differences.length > 0 ? ['', aligned(differences, width), ...sentences] : [];
  const further = [ranks, probe].flatMap(rows => (rows.length > 0 ? ['', aligned(rows, width)] : []));
  return [aligned(results, width), ...compared, ...further, ...legendLines(legend, width)].join('\n');
}

/**
 * One row for each variant: mean and standard deviation of every test result over its seeds, and the time of a
 * training; then the untrained encoders and raw pixels; and the differences from the first variant. A variant whose
 * monitor found a collapse is marked, not left out. Undefined if no run is finished.
 */
export function summarise(variants: readonly VariantRuns[]): Summary | undefined {
  const withRuns = variants.filter(({ runs }) => runs.length > 0);
  // Trials are measured on validation only.
  const tested = withRuns.filter(one => testMetrics([one]).length > 0);
  const finished = tested.length > 0 ? tested : withRuns;
  if (finished.length === 0) return undefined;
  const metrics = testMetrics(finished);
  const cost = costCells(finished);
  const rows = [
    ['', ...metrics.map(({ metric }) => `${metric} test`), 'seeds', 'seconds', ...cost.head, 'collapse'],
    ...finished.map(variant => [
      ...figureRow(labelOf(variant.name, variant.runs), {
        runs: variant.runs,
        pick: results => results.trained,
        metrics,
      }),
      seconds(variant.runs),
      ...cost.cells(variant),
      collapses(variant.runs),
    ]),
    ...baselineRows(finished, metrics).map(cells => [...cells, '', ...cost.head.map(() => ''), '']),
  ];
  const differences = differencesOf(finished, metrics);
  return {
    results: rows,
    differences: differencesRows(differences),
    sentences: resolutions(differences),
    probe: probeRows(finished),
    ranks: rankRows(datasetRanks(finished)),
    legend: [...legendOf(finished, metrics), ...cost.legend, ...differencesLegend(differences)],
  };
}

interface RowFigures {
  readonly runs: VariantRuns['runs'];
  readonly pick: Figures;
  readonly metrics: readonly TestMetric[];
}

/** A name, a cell for each metric, and the number of seeds. */
function figureRow(name: string, { runs, pick, metrics }: RowFigures): readonly string[] {
  return [
    name,
    ...metrics.map(({ metric }) =>
      cell(runs.flatMap(({ results }) => pick(results).filter(one => one.metric === metric && one.split === 'test'))),
    ),
    String(runs.length),
  ];
}

/** Rows of the untrained encoders and of the pixels, as far as they have figures. */
function baselineRows(
  finished: readonly VariantRuns[],
  metrics: readonly TestMetric[],
): readonly (readonly string[])[] {
  const untrained = (results: Results) => results.untrained;
  const pixels = (results: Results) => results.pixels;
  const rows = [
    ...sharing(finished, untrained).map(group =>
      figureRow(baselineLabel(untrainedLabel(group), group, finished), {
        runs: oneOfEachSeed(group),
        pick: untrained,
        metrics,
      }),
    ),
    ...sharing(finished, pixels).map(group =>
      figureRow(baselineLabel('raw pixels', group, finished), {
        runs: group[0].runs.slice(0, 1),
        pick: pixels,
        metrics,
      }),
    ),
  ];
  return rows.filter(([, ...cells]) => cells.slice(0, metrics.length).some(text => text !== ''));
}

function legendOf(variants: readonly VariantRuns[], metrics: readonly TestMetric[]): readonly LegendEntry[] {
  const figures = variants.flatMap(({ runs }) => runs.flatMap(({ results }) => results.trained));
  return [
    ...metricLegend(figures.filter(({ metric }) => metrics.some(shown => shown.metric === metric))),
    ...(variants.some(({ runs }) => runs.length > 1) ? [SPREAD] : []),
    ['seconds', 'duration of one training, mean over seeds'],
  ];
}

const SPREAD: LegendEntry = ['a ± b', 'mean and standard deviation (n - 1) over seeds; accuracies in percent'];

type Figures = (results: Results) => readonly EvaluatorResult[];

/** Groups variants whose figures of a baseline are the same at every seed that they share, since their encoders or data are. */
function sharing(variants: readonly VariantRuns[], figures: Figures): readonly (readonly VariantRuns[])[] {
  const groups: VariantRuns[][] = [];
  for (const variant of variants) {
    const group = groups.find(([first]) => agree(first, variant, figures));
    if (group) group.push(variant);
    else groups.push([variant]);
  }
  return groups;
}

function agree(a: VariantRuns, b: VariantRuns, figures: Figures): boolean {
  const common = valuesOf(a, figures);
  const shared = [...valuesOf(b, figures)].filter(([key]) => common.has(key));
  return shared.length > 0 && shared.every(([key, value]) => common.get(key) === value);
}

function valuesOf({ runs }: VariantRuns, figures: Figures): ReadonlyMap<string, number> {
  return new Map(
    runs.flatMap(({ seed, results }) =>
      figures(results).map(({ metric, split, value }) => [`${seed} ${metric} ${split}`, value] as const),
    ),
  );
}

/** Names the variants of a baseline if it is not that of all. */
function baselineLabel(label: string, group: readonly VariantRuns[], all: readonly VariantRuns[]): string {
  return group.length === all.length ? label : `${label}: ${group.map(({ name }) => name).join(', ')}`;
}

function untrainedLabel(variants: readonly VariantRuns[]): string {
  const all = variants.flatMap(({ runs }) => runs.map(({ results }) => subjectLabel('untrained', results)));
  return [...new Set(all)].join(' or ');
}

/** Names the network where the pipeline has a teacher. */
function labelOf(name: string, [{ results }]: VariantRuns['runs']): string {
  return results.network === undefined ? name : `${name} (${results.network})`;
}

/** One run for each seed, since untrained encoders of one group differ by seed only. */
function oneOfEachSeed(variants: readonly VariantRuns[]): VariantRuns['runs'] {
  const bySeed = new Map(variants.flatMap(({ runs }) => runs.map(run => [run.seed, run] as const)));
  return [...bySeed.values()];
}

function cell(figures: readonly EvaluatorResult[]): string {
  if (figures.length === 0) return '';
  const factor = figures[0].kind === 'accuracy' ? 100 : 1;
  const { mean, deviation, n } = meanInterval(
    figures.map(({ value }) => value * factor),
    LEVEL,
  );
  return n > 1 ? `${mean.toFixed(1)} ± ${deviation.toFixed(1)}` : mean.toFixed(1);
}

function seconds(runs: VariantRuns['runs']): string {
  const mean = runs.reduce((sum, run) => sum + run.seconds, 0) / runs.length;
  return Number.isNaN(mean) ? '' : mean.toFixed(0);
}

function collapses(runs: VariantRuns['runs']): string {
  return [...new Set(runs.flatMap(({ warnings }) => warnings))].join(', ');
}
