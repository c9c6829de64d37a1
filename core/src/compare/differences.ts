import type { LegendEntry } from '../evaluate/results.js';
import { holm } from './statistics/holm.js';
import { pairedDifference, type PairedDifference } from './statistics/paired-difference.js';
import { signFlip } from './statistics/sign-flip.js';
import { trainedScores, type TestMetric, type VariantRuns } from './variant-runs.js';

/** Confidence level of all intervals. */
export const LEVEL = 0.95;

/** Difference of a metric between a pipeline and the first one, over the seeds that both have. */
export interface Difference extends PairedDifference {
  readonly metric: TestMetric;
  readonly name: string;
  readonly from: string;
  /** `p` corrected by Holm's method for all comparisons of the table. */
  readonly adjustedP: number;
  /** p of the sign-flip test, which does not assume normal differences; absent for more than 20 seeds. */
  readonly signFlipP?: number;
}

/**
 * Differences of all pipelines from the first one, paired by seed, in percentage points for accuracies; none where the
 * two share fewer than two seeds.
 */
export function differencesOf(
  [reference, ...others]: readonly VariantRuns[],
  metrics: readonly TestMetric[],
): readonly Difference[] {
  const found = others.flatMap(other => metrics.flatMap(metric => differenceOf(metric, reference, other)));
  const adjusted = holm(found.map(({ p }) => p));
  return found.map((difference, i) => ({ ...difference, adjustedP: adjusted[i] }));
}

function differenceOf(metric: TestMetric, reference: VariantRuns, other: VariantRuns): Omit<Difference, 'adjustedP'>[] {
  if (reference.unpaired || other.unpaired) return [];
  const base = trainedScores(reference, metric);
  const scores = [...trainedScores(other, metric)].filter(([seed]) => base.has(seed));
  if (scores.length < 2) return [];
  const a = scores.map(([, value]) => value);
  const b = scores.map(([seed]) => base.get(seed)!);
  const signFlipP = signFlip(a.map((value, i) => value - b[i]));
  return [{ metric, name: other.name, from: reference.name, ...pairedDifference(a, b, LEVEL), signFlipP }];
}

/** The differences as cells: a head and one row for each pipeline. */
export function differencesRows(differences: readonly Difference[]): readonly (readonly string[])[] {
  if (differences.length === 0) return [];
  const metrics = metricsOf(differences);
  const names = [...new Set(differences.map(({ name }) => name))];
  const at = (name: string, metric: TestMetric) => differences.find(one => one.name === name && one.metric === metric);
  return [
    [`difference from ${differences[0].from}`, ...metrics.map(({ metric }) => `${metric} test`)],
    ...names.map(name => [name, ...metrics.map(metric => cell(at(name, metric)))]),
  ];
}

/** A sentence for each metric on the difference that this number of seeds can just show. */
export function resolutions(differences: readonly Difference[]): readonly string[] {
  return metricsOf(differences).map(metric => resolution(metric, differences));
}

function metricsOf(differences: readonly Difference[]): readonly TestMetric[] {
  return [...new Set(differences.map(({ metric }) => metric))];
}

/** Lines that explain the table. */
export function differencesLegend(differences: readonly Difference[]): readonly LegendEntry[] {
  if (differences.length === 0) return [];
  const tests =
    differences.length === 1 ? 'no correction: one test' : `corrected for ${differences.length} tests (Holm)`;
  return [
    [
      'd (l to u) p',
      `mean difference over common seeds, its ${100 * LEVEL}% interval (Student), p of the paired t test (of the sign-flip test if all differences are equal), ${tests}`,
    ],
  ];
}

function cell(difference: Difference | undefined): string {
  if (difference === undefined) return '';
  const { mean, lower, upper, adjustedP } = difference;
  const digits = difference.metric.kind === 'accuracy' ? 1 : 3;
  const text = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
  const p = adjustedP < 0.001 ? 'p < 0.001' : `p = ${adjustedP.toFixed(3)}`;
  return `${text(mean)} (${text(lower)} to ${text(upper)}) ${p}`;
}

/** The median half-width of the intervals. */
function resolution(metric: TestMetric, all: readonly Difference[]): string {
  const differences = all.filter(one => one.metric === metric);
  const halves = differences.map(({ lower, upper }) => (upper - lower) / 2).sort((a, b) => a - b);
  const half = halves[Math.floor(halves.length / 2)];
  const seeds = Math.min(...differences.map(({ n }) => n));
  if (half === 0)
    return `The ${seeds} seeds gave the same differences in ${metric.metric}. Without spread between seeds, the smallest difference that they can show cannot be estimated.`;
  const size = metric.kind === 'accuracy' ? `${half.toFixed(1)} points` : half.toPrecision(2);
  return `${seeds} seeds cannot show a difference in ${metric.metric} below about ${size}.`;
}
