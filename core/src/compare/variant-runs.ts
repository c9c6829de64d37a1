import type { EvaluatorResult } from '../contracts/evaluator.js';
import type { Results } from '../evaluate/results.js';

/** Cost of a training, as far as its run directory has it. */
export interface TrainingCost {
  /** Training images, each counted once per epoch, by the seconds of the training. */
  readonly imagesPerSecond?: number;
  /** Largest resident size of the process. */
  readonly peakBytes?: number;
  /** Floating-point operations of the encoder's forward pass for one image. */
  readonly encoderFlops?: number;
  /** Accuracy of the online probe on validation after each epoch, over the seconds of training. */
  readonly probe?: readonly ProbePoint[];
}

export interface ProbePoint {
  /** NaN for results of others that do not have it. */
  readonly seconds: number;
  readonly accuracy: number;
}

/** A finished run of a variant. */
export interface VariantRun {
  readonly seed: number;
  readonly results: Results;
  readonly seconds: number;
  readonly cost?: TrainingCost;
  /** Kinds of the collapses that the monitor reported. */
  readonly warnings: readonly string[];
}

/** All finished runs of a variant. */
export interface VariantRuns {
  readonly name: string;
  readonly runs: readonly VariantRun[];
  /** True for results of others, whose seeds are not those of our runs. */
  readonly unpaired?: true;
}

/** A metric that is compared, always on the split `test`. */
export type TestMetric = Pick<EvaluatorResult, 'metric' | 'kind'>;

/** Metrics of the split `test` that the variants have, each once. */
export function testMetrics(variants: readonly VariantRuns[]): readonly TestMetric[] {
  const trained = variants.flatMap(({ runs }) => runs[0]?.results.trained ?? []);
  const shown = trained.filter(({ split, kind }) => split === 'test' && kind !== 'setting');
  return [...new Map(shown.map(({ metric, kind }) => [metric, { metric, kind }])).values()];
}

/** Seed -> value of the trained encoder in `metric`; accuracies in percent. */
export function trainedScores({ runs }: VariantRuns, { metric, kind }: TestMetric): ReadonlyMap<number, number> {
  const factor = kind === 'accuracy' ? 100 : 1;
  return new Map(
    runs.flatMap(({ seed, results }) =>
      results.trained
        .filter(one => one.metric === metric && one.split === 'test')
        .map(({ value }) => [seed, value * factor] as const),
    ),
  );
}
