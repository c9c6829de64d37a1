import type { EvaluatorResult } from '../contracts/evaluator.js';
import { valueAt } from '../config/origin.js';
import type { ShownWarning } from './run-metrics.js';
import type { WatchedRun } from './watched-run.js';

/** Values of a run that lists and filters use. Files may be of any content, so each is checked. */
export interface RunFacts {
  /** Name of its pipeline. */
  readonly pipeline: string;
  /** `use` of its objective. */
  readonly method: string;
  /** `use` of its dataset. */
  readonly data: string;
  readonly seed: string;
  /** Time of the start, ISO 8601. */
  readonly created: string;
  /** Number of epochs that it trains. */
  readonly epochs: number;
  /** Seconds of training. */
  readonly seconds: number;
}

export function factsOf({ files }: WatchedRun): RunFacts {
  const text = (...path: readonly string[]): string => textOf(valueAt(files?.pipeline, path));
  return {
    pipeline: text('name'),
    method: text('objective', 'use'),
    data: text('data', 'use'),
    seed: textOf(files?.lock.seed),
    created: textOf(files?.lock.created),
    epochs: Number(text('trainer', 'epochs')),
    seconds: files?.seconds ?? 0,
  };
}

/** The first accuracy of the trained encoder, on validation if there is one: runs are chosen by it. */
export function headline({ files }: WatchedRun): EvaluatorResult | undefined {
  const accuracies = files?.results?.trained.filter(({ kind }) => kind === 'accuracy') ?? [];
  return accuracies.find(({ split }) => split === 'validation') ?? accuracies[0];
}

/** The latest collapse that the monitor reported, or else its latest warning. */
export function latestWarning({ metrics: { warnings } }: WatchedRun): ShownWarning | undefined {
  return warnings.findLast(({ collapsed }) => collapsed) ?? warnings.at(-1);
}

/** `2025-03-01 12:34`. */
export function timeText(created: string): string {
  return created.slice(0, 16).replace('T', ' ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
