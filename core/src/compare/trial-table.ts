import type { EvaluatorResult } from '../contracts/evaluator.js';
import type { Tuned } from './trials.js';

/** The trials of a pipeline as `comparison.json` has them. */
export interface TrialRecord {
  /** Name of the pipeline. */
  readonly name: string;
  readonly metric: string;
  readonly kind: EvaluatorResult['kind'];
  readonly split: 'validation';
  /** True if the lowest value is the best. */
  readonly lowest: boolean;
  /** Name of the chosen trial; none if all failed. */
  readonly chosen?: string;
  /** In the order of the draws. */
  readonly trials: readonly RecordedTrial[];
}

interface RecordedTrial {
  /** Folder of its runs below that of the comparison. */
  readonly name: string;
  /** The drawn settings in the form of `--set`. */
  readonly settings: readonly string[];
  /** Value on validation; none for a trial that failed. */
  readonly value?: number;
  readonly collapses: readonly string[];
}

/** The trials for `comparison.json`, and for the tables. */
export function trialRecords(tuned: readonly Tuned[]): readonly TrialRecord[] {
  return tuned.map(({ of, metric, kind, lowest, trials, ranked }) => ({
    name: of.name,
    ...{ metric, kind, split: 'validation', lowest },
    ...(ranked.length > 0 && { chosen: ranked[0].trial.variant.name }),
    trials: trials.map(({ trial, value, collapses }) => ({
      name: trial.variant.name,
      settings: trial.drawn,
      ...(value !== undefined && { value }),
      collapses,
    })),
  }));
}

/** Head and one row for each pipeline: values on validation, failures and collapses of its trials. */
export function trialRows(records: readonly TrialRecord[]): readonly (readonly string[])[] {
  const [{ metric }] = records;
  return [
    [`trials by ${metric} validation`, 'chosen', 'median', 'worst', 'trials', 'failed', 'collapsed'],
    ...records.map(record => {
      const ranked = rankedOf(record);
      const { name, trials } = record;
      const collapsed = trials.filter(({ collapses }) => collapses.length > 0).length;
      const at = (i: number): string => (ranked.length === 0 ? '' : shown(record, ranked[i].value));
      return [
        name,
        at(0),
        at(Math.floor(ranked.length / 2)),
        at(ranked.length - 1),
        String(trials.length),
        String(trials.length - ranked.length),
        String(collapsed),
      ];
    }),
  ];
}

/** `carl: optimizer.learningRate=0.31, assigner.count=128 (worst: ...)`, a line for each pipeline. */
export function trialLines(records: readonly TrialRecord[]): readonly string[] {
  return records.map(record => {
    const ranked = rankedOf(record);
    const { name, trials } = record;
    if (ranked.length === 0) return `${name}: all ${trials.length} trials failed`;
    const [best, worst] = [ranked[0], ranked.at(-1)!].map(({ settings }) => settings.join(', '));
    return ranked.length === 1 ? `${name}: ${best}` : `${name}: ${best} (worst: ${worst})`;
  });
}

/** Trials with a value, best first. */
function rankedOf({ trials, lowest }: TrialRecord) {
  const valued = trials.flatMap(({ value, settings }) => (value === undefined ? [] : [{ value, settings }]));
  return valued.sort((a, b) => (lowest ? 1 : -1) * (a.value - b.value));
}

function shown({ kind }: TrialRecord, value: number): string {
  return kind === 'accuracy' ? (100 * value).toFixed(1) : value.toPrecision(4);
}
