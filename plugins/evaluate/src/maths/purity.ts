import { contingency } from './contingency.js';

/** Share of samples that have the most frequent label of their cluster, from labels [N] and clusters [N]. */
export function purity(labels: Int32Array, clusters: Int32Array): number {
  const { counts, clusters: sizes, total } = contingency(labels, clusters);
  const largest = new Float64Array(sizes.length);
  counts.forEach((count, i) => (largest[i % sizes.length] = Math.max(largest[i % sizes.length], count)));
  return largest.reduce((sum, count) => sum + count, 0) / total;
}
