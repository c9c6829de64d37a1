import { contingency, type Contingency } from './contingency.js';
import { bestMatching } from './matching.js';

/** How well a clustering agrees with the labels; 1 is best everywhere. */
export interface ClusteringScores {
  /** Mutual information over the arithmetic mean of both entropies. */
  readonly nmi: number;
  /** Rand index, corrected so that random clusters get 0. */
  readonly ari: number;
  /** Share of the labels' entropy that the clusters explain: 1 when every cluster is of one class. */
  readonly homogeneity: number;
  /** Share of the clusters' entropy that the labels explain: 1 when every class is in one cluster. */
  readonly completeness: number;
  /** Share of samples whose cluster stands for their class, under the best one-to-one matching of clusters to classes. */
  readonly accuracy: number;
}

/** Scores of clusters [N] against labels [N]; invariant to the numbers that name either. Without samples, all are 1. */
export function clusteringScores(labels: Int32Array, clusters: Int32Array): ClusteringScores {
  const table = contingency(labels, clusters);
  const information = mutualInformation(table);
  const classEntropy = entropy(table.classes, table.total);
  const clusterEntropy = entropy(table.clusters, table.total);
  return {
    nmi: share(information, (classEntropy + clusterEntropy) / 2),
    ari: adjustedRandIndex(table),
    homogeneity: share(information, classEntropy),
    completeness: share(information, clusterEntropy),
    accuracy: matchedShare(table),
  };
}

function entropy(counts: Float64Array, total: number): number {
  return counts.reduce((sum, count) => sum - (count / total) * Math.log(count / total), 0);
}

function mutualInformation({ counts, classes, clusters, total }: Contingency): number {
  let sum = 0;
  counts.forEach((count, i) => {
    const expected = (classes[Math.floor(i / clusters.length)] / total) * clusters[i % clusters.length];
    if (count > 0) sum += (count / total) * Math.log(count / expected);
  });
  // Zero for independent groupings, of which rounding leaves a trace of either sign.
  return sum < Number.EPSILON ? 0 : sum;
}

/** Nothing to explain is fully explained. */
function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

/** From the numbers of pairs of samples that are together in both, in one or in neither grouping. */
function adjustedRandIndex({ counts, classes, clusters, total }: Contingency): number {
  const both = pairs(counts);
  const onlyClass = pairs(classes) - both;
  const onlyCluster = pairs(clusters) - both;
  const neither = pairs([total]) - both - onlyClass - onlyCluster;
  if (onlyClass === 0 && onlyCluster === 0) return 1;
  const chance = (both + onlyClass) * (onlyClass + neither) + (both + onlyCluster) * (onlyCluster + neither);
  return (2 * (both * neither - onlyClass * onlyCluster)) / chance;
}

function pairs(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += (counts[i] * (counts[i] - 1)) / 2;
  return sum;
}

function matchedShare({ counts, classes, clusters, total }: Contingency): number {
  if (total === 0) return 1;
  return bestMatching({ data: counts, rows: classes.length, columns: clusters.length }) / total;
}
