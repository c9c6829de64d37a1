import type { Health } from './health.js';
import type { Warning } from './observer.js';
import type { StepNumbers } from './step-numbers.js';

/** Version of the lines in `metrics.jsonl`. */
export const METRICS_VERSION = 1;

/** One line of `metrics.jsonl`. Every line belongs to a step; lines are in the order of measurement. */
export type MetricsLine = StepLine | HealthLine | WarningLine | EpochLine | EvaluationLine;

export type MetricsType = MetricsLine['type'];

/** The lines of one type: `LineOf<'step'>` is {@link StepLine}. */
export type LineOf<T extends MetricsType> = Extract<MetricsLine, { readonly type: T }>;

interface Line<T extends string> {
  readonly v: typeof METRICS_VERSION;
  readonly type: T;
  /** Number of completed optimizer steps. */
  readonly step: number;
}

/** The numbers of one optimizer step. */
export type StepLine = Line<'step'> & StepNumbers;

/** A measurement of the collapse monitor. */
export interface HealthLine extends Line<'health'> {
  readonly health: Health;
}

export interface WarningLine extends Line<'warning'> {
  readonly warning: Warning;
}

/** The end of an epoch. */
export interface EpochLine extends Line<'epoch'> {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the steps of the epoch. */
  readonly loss: number;
  /** Accuracy of the online probe on `validation`, if there is one. */
  readonly probe?: number;
}

/** Results of one evaluator; `step` is the step of the evaluated checkpoint. */
export interface EvaluationLine extends Line<'evaluation'> {
  /** `use` of the evaluator. */
  readonly evaluator: string;
  /** `trained student`, `untrained encoder`, `initial encoder` (with `initialWeights`) or `raw pixels`. */
  readonly subject: string;
  /** Value by metric and split, `knn20@t0.1 test`. */
  readonly values: Readonly<Record<string, number>>;
}
