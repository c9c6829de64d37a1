import type { EvaluatorResult } from './evaluator.js';
import type { Health } from './health.js';
import type { StepNumbers } from './step-numbers.js';
import { token } from './token.js';

/** The start of a training, new or resumed. */
export interface RunStart {
  /** Run directory. */
  readonly run: string;
  /** Optimizer steps of the training. */
  readonly steps: number;
  readonly epochs: number;
  /** Number of steps completed before; 0 unless the training is resumed. */
  readonly startStep: number;
}

/** An optimizer step as observers see it. */
export interface StepReport extends StepNumbers {
  readonly steps: number;
  readonly epochs: number;
  readonly imagesPerSecond: number;
  /** Number of images per step. An image counts once, not once per view. */
  readonly imagesPerStep: number;
}

/** A measurement of the collapse monitor after a step. */
export interface HealthReport {
  readonly step: number;
  readonly health: Health;
}

export interface EpochSummary {
  /** From 1. */
  readonly epoch: number;
  /** `loss`: mean over the steps of the epoch. `probe`: accuracy of the online probe on `validation`, if there is one. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A warning of the collapse monitor. */
export interface Warning {
  /** `partial-collapse`, `uniform-assignments`, ... */
  readonly kind: string;
  /** First step at which the sign was measured. */
  readonly since: number;
  /** True for a collapse, false for an early sign of one. */
  readonly collapsed: boolean;
  readonly message: string;
}

/** Progress of the evaluation: a running evaluator, or a finished one. */
export interface EvaluationReport {
  /** Optimizer steps of the evaluated checkpoint; 0 for given weights. */
  readonly step: number;
  /** `use` of the evaluator. */
  readonly evaluator: string;
  /** `trained student`, `trained teacher`, `trained encoder`, `given weights`, `untrained encoder`, `initial encoder` (with `initialWeights`) or `raw pixels`. */
  readonly subject: string;
  /** Position of this evaluator and subject in the evaluation, from 1 to `count`. */
  readonly number: number;
  readonly count: number;
  readonly status: 'running' | 'done' | 'failed';
  /** For a running evaluator: number of processed images, or other units, out of `total`. */
  readonly done?: number;
  readonly total?: number;
  /** Results of a finished evaluator. */
  readonly results?: readonly EvaluatorResult[];
  /** Message of the error of an evaluator that failed. */
  readonly reason?: string;
}

export type RunStatus = 'finished' | 'interrupted' | 'failed';

/** A promise is awaited before the next event is delivered; anything else is ignored. */
type Done = unknown;

/**
 * Receives the events of a run, in order, and never changes the run. An event is delivered after the promise of the
 * previous one has settled. Training continues meanwhile and waits only for an observer with many undelivered events.
 * An observer that throws, rejects or hangs is switched off with a warning.
 */
export interface Observer {
  /** Name in warnings; for a component, its `use`. */
  readonly name?: string;
  onStart?(start: RunStart): Done;
  onStep?(report: StepReport): Done;
  onHealth?(report: HealthReport): Done;
  onEpoch?(summary: EpochSummary): Done;
  onWarning?(warning: Warning): Done;
  /** `path` is the checkpoint's folder. */
  onCheckpoint?(path: string): Done;
  onEvaluation?(report: EvaluationReport): Done;
  /** Called once, as the last event, after training and evaluation, an interruption or an error. */
  close?(status: RunStatus, error?: unknown): Done;
}
export const Observer = token<Observer>('Observer');
