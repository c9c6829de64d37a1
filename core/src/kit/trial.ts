import type { EvaluationControl, EvaluatorResult } from '../contracts/evaluator.js';

/** Conditions of a trial of an evaluator; everything else is the same in every trial. */
export interface TrialConditions {
  /** False for data without labels. */
  readonly labels?: boolean;
  /** Other test images, with wrong labels. */
  readonly otherTest?: boolean;
  /** The images of every split in another order. */
  readonly reordered?: boolean;
  /** Error of the first report of progress, as in an interrupted evaluation. */
  readonly interruption?: Error;
}

export interface Trial {
  readonly results: readonly EvaluatorResult[];
  /** True if the evaluator drew random numbers. */
  readonly hasDrawn: boolean;
  /** True if features or weights are as before. */
  readonly isUnchanged: boolean;
}

/** Interruption and progress of a trial. */
export function trialControl({ interruption }: TrialConditions): EvaluationControl {
  if (!interruption) return { signal: new AbortController().signal, progress: () => Promise.resolve() };
  return { signal: AbortSignal.abort(interruption), progress: () => Promise.reject(interruption) };
}
