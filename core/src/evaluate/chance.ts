import { withDataset, type Results } from './results.js';
import type { EvaluatedDataset } from './run-evaluators.js';

/** Accuracy of always predicting the most frequent class, by split: `test`, `flowers/test`. */
export function chance(datasets: readonly EvaluatedDataset[]): Results['chance'] {
  const shares = datasets.flatMap(({ name, splits }) =>
    (['validation', 'test'] as const).flatMap(split => {
      const labels = splits[split]?.labels;
      return labels ? [[withDataset(name, split), largestShare(labels)] as const] : [];
    }),
  );
  return Object.fromEntries(shares);
}

function largestShare(labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}
