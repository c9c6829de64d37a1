import type { EvaluatorResult } from '../contracts/evaluator.js';
import { CarlError } from '../errors/carl-error.js';
import { collapsesOf, readRun } from '../run/read-run.js';
import { closest } from '../text/closest.js';
import { runPath, isFinished } from './collect.js';
import { evenPoint } from './low-discrepancy.js';
import { setOf, valueAt, type Range } from './range.js';
import { fileStem, type Variant } from './variants.js';

/** Seed of all trials; the chosen settings are trained with others. */
export const TRIAL_SEED = 0;

/** A variant with drawn settings. Its runs report on validation only. */
export interface Trial {
  readonly of: Variant;
  /** The drawn settings in the form of `--set`. */
  readonly drawn: readonly string[];
  /** The variant that is trained. */
  readonly variant: Variant;
}

/** The same number of trials for each variant, trial by trial. */
export function trialsOf(
  variants: readonly Variant[],
  { ranges, count }: { readonly ranges: ReadonlyMap<string, readonly Range[]>; readonly count: number },
): readonly Trial[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, i) => i).flatMap(i =>
    variants.map(of => {
      const own = ranges.get(fileStem(of.file)) ?? [];
      const point = evenPoint(i, own.length);
      const drawn = own.map((range, axis) => setOf(range.key, valueAt(range, point[axis])));
      const name = `trials/${of.name}-${String(i + 1).padStart(digits, '0')}`;
      return {
        of,
        drawn,
        variant: { name, file: of.file, set: [...of.set, ...drawn, 'evaluation.splits=[validation]'] },
      };
    }),
  );
}

/** A trial that has ended. */
export interface JudgedTrial {
  readonly trial: Trial;
  /** Value on validation; undefined for a trial that failed. */
  readonly value?: number;
  /** Kinds of the collapses that the monitor reported. */
  readonly collapses: readonly string[];
}

/** The trials of a variant. */
export interface Tuned {
  readonly of: Variant;
  readonly metric: string;
  readonly kind: EvaluatorResult['kind'];
  readonly lowest: boolean;
  /** In the order of the draws. */
  readonly trials: readonly JudgedTrial[];
  /** Best first; without those that failed. */
  readonly ranked: readonly JudgedTrial[];
}

/** How trials are ranked. */
export interface Ranking {
  /** By default the first accuracy on validation, or else the first score. */
  readonly metric?: string;
  readonly lowest?: boolean;
}

/** Reads and ranks the trials of each variant, once all have ended. @throws CarlError INPUT_ARGUMENT if none has the metric */
export async function judgeTrials(
  trials: readonly Trial[],
  out: string,
  { metric, lowest = false }: Ranking,
): Promise<readonly Tuned[]> {
  const read = await Promise.all(trials.map(trial => readTrial(trial, out)));
  const figures = read.flatMap(one => one.figures);
  const shown = chosenMetric(figures, metric);
  const sign = lowest ? 1 : -1;
  return [...new Set(trials.map(({ of }) => of))].map(of => {
    const own = read.filter(({ trial }) => trial.of === of).map(one => judged(one, shown.metric));
    const valid = own.filter(({ value }) => value !== undefined);
    return { of, ...shown, lowest, trials: own, ranked: valid.sort((a, b) => sign * (a.value! - b.value!)) };
  });
}

interface ReadTrial {
  readonly trial: Trial;
  readonly figures: readonly EvaluatorResult[];
  readonly collapses: readonly string[];
}

async function readTrial(trial: Trial, out: string): Promise<ReadTrial> {
  const path = runPath(out, trial.variant.name, TRIAL_SEED);
  if (!(await isFinished(path))) return { trial, figures: [], collapses: [] };
  const run = await readRun(path);
  const figures = run.results!.trained.filter(({ split, kind }) => split === 'validation' && kind !== 'setting');
  return { trial, figures, collapses: collapsesOf(run) };
}

function judged({ trial, figures, collapses }: ReadTrial, metric: string): JudgedTrial {
  const value = figures.find(one => one.metric === metric && Number.isFinite(one.value))?.value;
  return { trial, collapses, ...(value !== undefined && { value }) };
}

/** A figure of the metric, or of that by which trials are ranked by default. */
function chosenMetric(
  figures: readonly EvaluatorResult[],
  metric: string | undefined,
): Pick<EvaluatorResult, 'metric' | 'kind'> {
  const wanted =
    metric === undefined
      ? (figures.find(({ kind }) => kind === 'accuracy') ?? figures[0])
      : figures.find(one => one.metric === metric);
  if (wanted) return { metric: wanted.metric, kind: wanted.kind };
  const names = [...new Set(figures.map(one => one.metric))];
  const near = metric === undefined ? undefined : closest(metric, names);
  const advice = near === undefined ? `They have: ${names.join(', ') || 'no results on validation'}.` : `Is ${near} meant?`; // prettier-ignore
  throw new CarlError('INPUT_ARGUMENT', `No trial has ${metric === undefined ? 'a result' : `the metric ${metric}`} on validation. ${advice}`); // prettier-ignore
}
