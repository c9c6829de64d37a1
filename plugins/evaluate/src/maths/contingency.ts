/** How often every pair of a class and a cluster occurs: counts [classes, clusters] with their sums. */
export interface Contingency {
  readonly counts: Float64Array;
  /** Sums over clusters, [classes]. */
  readonly classes: Float64Array;
  /** Sums over classes, [clusters]. */
  readonly clusters: Float64Array;
  readonly total: number;
}

/** Counts two groupings [N] of the same samples; the numbers that name the groups do not matter. */
export function contingency(labels: Int32Array, clusters: Int32Array): Contingency {
  const rowOf = numbering(labels);
  const columnOf = numbering(clusters);
  const table = {
    counts: new Float64Array(rowOf.size * columnOf.size),
    classes: new Float64Array(rowOf.size),
    clusters: new Float64Array(columnOf.size),
    total: labels.length,
  };
  labels.forEach((label, i) => {
    const row = rowOf.get(label)!;
    const column = columnOf.get(clusters[i])!;
    table.counts[row * columnOf.size + column]++;
    table.classes[row]++;
    table.clusters[column]++;
  });
  return table;
}

/** Index of every distinct value in ascending order. */
function numbering(values: Int32Array): Map<number, number> {
  const found = [...new Set(values)].sort((a, b) => a - b);
  return new Map(found.map((value, place) => [value, place]));
}
