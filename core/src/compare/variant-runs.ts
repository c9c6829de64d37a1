import type { EvaluatorResult } from '../contracts/evaluator.js';
import type { Results } from '../evaluate/results.js';

/** A finished run of a variant. */
export interface VariantRun {
  readonly seed: number;
  readonly results: Results;
  readonly seconds: number;
  /** Kinds of the collapses that the monitor reported. */
  readonly warnings: readonly string[];
}

/** All finished runs of a variant. */
export interface VariantRuns {
  readonly name: string;
  readonly runs: readonly VariantRun[];
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
