import type { EvaluatorResult, SplitName } from '@carl-ssl/core';

/** Words for a figure of so many draws. */
export function drawsText(draws: number): string {
  return draws === 1 ? 'one draw' : `mean of ${draws} draws`;
}

/** Mean and standard deviation (of a sample) of values. */
function meanAndDeviation(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, deviation: Math.sqrt(variance) };
}

/** The mean of several draws, and their standard deviation as `<metric>:deviation` if there are several. */
export function summary(
  figure: Pick<EvaluatorResult, 'metric' | 'kind' | 'description'> & { readonly split: SplitName },
  values: readonly number[],
): readonly EvaluatorResult[] {
  const { mean, deviation } = meanAndDeviation(values);
  const main: EvaluatorResult = { ...figure, value: mean };
  if (values.length === 1) return [main];
  const { metric, split } = figure;
  return [main, { metric: `${metric}:deviation`, split, value: deviation, kind: 'setting' }];
}
