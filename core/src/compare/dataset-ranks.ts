import type { EvaluatorResult } from '../contracts/evaluator.js';
import { friedman } from './statistics/friedman.js';
import { meanInterval } from './statistics/mean-interval.js';
import { LEVEL } from './differences.js';
import type { VariantRuns } from './variant-runs.js';

/** Ranks of the variants by one accuracy over several datasets, and Friedman's test of whether they differ. */
export interface DatasetRanks {
  /** Without the name of a dataset. */
  readonly metric: string;
  /** Names under `transfer`; empty for the dataset that the pipelines train on. */
  readonly datasets: readonly string[];
  /** Mean rank of each variant; 1 is the best. */
  readonly ranks: readonly { readonly name: string; readonly rank: number }[];
  readonly p: number;
}

/** Ranks by every accuracy on test that all variants have on two datasets or more; none for a single variant. */
export function datasetRanks(variants: readonly VariantRuns[]): readonly DatasetRanks[] {
  if (variants.length < 2) return [];
  const found = variants.map(meansOf);
  const keys = [...found[0].keys()].filter(key => found.every(means => means.has(key)));
  const metrics = [...new Set(keys.map(key => partsOf(key).metric))];
  return metrics.flatMap(metric => {
    const own = keys.filter(key => partsOf(key).metric === metric);
    if (own.length < 2) return [];
    const { meanRanks, p } = friedman(own.map(key => found.map(means => means.get(key)!)));
    const ranks = variants.map(({ name }, i) => ({ name, rank: meanRanks[i] }));
    return [{ metric, datasets: own.map(key => partsOf(key).dataset), ranks, p }];
  });
}

/** Head and one row for each variant; empty without ranks. */
export function rankRows(all: readonly DatasetRanks[]): readonly (readonly string[])[] {
  if (all.length === 0) return [];
  const [{ ranks }] = all;
  return [
    ['mean rank (Friedman)', ...all.map(({ metric, datasets }) => `${metric}, ${datasets.length} datasets`)],
    ...ranks.map(({ name }, i) => [name, ...all.map(one => one.ranks[i].rank.toFixed(2))]),
    ['p', ...all.map(({ p }) => (p < 0.001 ? '< 0.001' : p.toFixed(3)))],
  ];
}

/** Mean over seeds of every accuracy on test, by dataset and metric. */
function meansOf({ runs }: VariantRuns): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>();
  for (const { results } of runs)
    for (const one of results.trained) {
      if (one.split !== 'test' || one.kind !== 'accuracy') continue;
      const key = keyOf(one);
      values.set(key, [...(values.get(key) ?? []), one.value]);
    }
  return new Map([...values].map(([key, all]) => [key, meanInterval(all, LEVEL).mean]));
}

function keyOf({ dataset = '', metric }: EvaluatorResult): string {
  return JSON.stringify([dataset, dataset === '' ? metric : metric.slice(dataset.length + 1)]);
}

function partsOf(key: string): { readonly dataset: string; readonly metric: string } {
  const [dataset, metric] = JSON.parse(key) as [string, string];
  return { dataset, metric };
}
