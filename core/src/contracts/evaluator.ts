import { token } from './token.js';
import type { SplitName } from './dataset.js';
import type { Random } from './random.js';

/** Features of a split, one row an image. */
export interface FeatureSet {
  /** [length, dim], row by row. */
  readonly features: Float32Array;
  readonly length: number;
  readonly dim: number;
  readonly labels?: Int32Array;
}

export interface EvaluatorInputs {
  readonly train: FeatureSet;
  readonly validation?: FeatureSet;
  readonly test?: FeatureSet;
  readonly classCount?: number;
  readonly random: Random;
}

/** One figure; the protocol is part of its name, for example `knn20@t0.1`. */
export interface EvaluatorResult {
  readonly metric: string;
  readonly split: SplitName;
  readonly value: number;
  /** Share of right answers (0 to 1, larger is better), another figure, or something found on the way that is no result. */
  readonly kind: 'accuracy' | 'score' | 'setting';
}

/** Judges frozen features. Never looks at `test` to choose anything. */
export interface Evaluator {
  /** True if it cannot work without labels. */
  readonly needsLabels: boolean;
  evaluate(inputs: EvaluatorInputs): Promise<readonly EvaluatorResult[]>;
}
export const Evaluator = token<Evaluator>('Evaluator');
