import type { EvaluatorResult } from './evaluator.js';
import type { Health } from './health.js';
import type { StepNumbers } from './step-numbers.js';
import { token } from './token.js';

/** The start of a training, or of its continuation. */
export interface RunStart {
  /** Run directory. */
  readonly run: string;
  /** Optimizer steps of the training. */
  readonly steps: number;
  readonly epochs: number;
  /** Steps done before; 0 unless the training is resumed. */
  readonly startStep: number;
}

/** An optimizer step as observers see it. */
export interface StepReport extends StepNumbers {
  readonly steps: number;
  readonly epochs: number;
  readonly imagesPerSecond: number;
  /** Images in a step, each in all its views. */
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
  /** `loss`: mean over the steps of the epoch. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A warning of the collapse monitor. */
export interface Warning {
  /** `partial-collapse`, `uniform-assignments`, ... */
  readonly kind: string;
  /** First step that showed the sign. */
  readonly since: number;
  /** True if the network learns nothing useful, false for signs that it may come to that. */
  readonly collapsed: boolean;
  readonly message: string;
}

/** Progress of the evaluation: an evaluator at work, or one that ended. */
export interface EvaluationReport {
  /** Optimizer steps of the evaluated checkpoint. */
  readonly step: number;
  /** `use` of the evaluator. */
  readonly evaluator: string;
  /** `trained student`, `trained teacher`, `trained encoder`, `untrained encoder`, `initial encoder` (with `initialWeights`) or `raw pixels`. */
  readonly subject: string;
  /** Place of this evaluator and subject in the evaluation, from 1 to `count`. */
  readonly number: number;
  readonly count: number;
  readonly status: 'running' | 'done' | 'failed';
  /** Images, or other units of the evaluator, done so far out of `total`; of a running evaluator. */
  readonly done?: number;
  readonly total?: number;
  /** Of an evaluator that is done. */
  readonly results?: readonly EvaluatorResult[];
  /** Message of the error of an evaluator that failed. */
  readonly reason?: string;
}

export type RunStatus = 'finished' | 'interrupted' | 'failed';

/** A promise is awaited before the next event is delivered; anything else is ignored. */
type Done = unknown;

/**
 * Receives the events of a run, in order, and never changes the run. An event is delivered once the promise of the one
 * before it is settled; training continues meanwhile and waits only for an observer with many undelivered events. An
 * observer that throws, rejects or hangs is switched off with a warning.
 */
export interface Observer {
  /** Name in warnings; a component's is its `use`. */
  readonly name?: string;
  onStart?(start: RunStart): Done;
  onStep?(report: StepReport): Done;
  onHealth?(report: HealthReport): Done;
  onEpoch?(summary: EpochSummary): Done;
  onWarning?(warning: Warning): Done;
  /** `path` is the checkpoint's folder. */
  onCheckpoint?(path: string): Done;
  onEvaluation?(report: EvaluationReport): Done;
  /** Called last and once, after training and evaluation, an interruption or an error. */
  close?(status: RunStatus, error?: unknown): Done;
}
export const Observer = token<Observer>('Observer');
