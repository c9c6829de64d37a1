import { contingency, type Contingency } from './contingency.js';
import { atOnce, type Stepwise } from '../stepwise.js';
import { bestMatchingSteps } from './matching.js';

/** How well a clustering agrees with the labels; 1 is best everywhere. */
export interface ClusteringScores {
  /** Mutual information over the arithmetic mean of both entropies. */
  readonly nmi: number;
  /** Mutual information, corrected so that random clusters get 0, over the arithmetic mean of both entropies. */
  readonly ami: number;
  /** Rand index, corrected so that random clusters get 0. */
  readonly ari: number;
  /** Share of the labels' entropy that the clusters explain: 1 when every cluster is of one class. */
  readonly homogeneity: number;
  /** Share of the clusters' entropy that the labels explain: 1 when every class is in one cluster. */
  readonly completeness: number;
  /** Harmonic mean of homogeneity and completeness. */
  readonly vMeasure: number;
  /** Geometric mean of precision and recall over pairs of samples in one cluster. */
  readonly fowlkesMallows: number;
  /** Fraction of samples whose cluster is matched to their class, for the best one-to-one matching of clusters to classes. */
  readonly accuracy: number;
}

/** Scores of clusters [N] against labels [N]; invariant to the numbers that name either. Without samples, all are 1. */
export function clusteringScores(labels: Int32Array, clusters: Int32Array): ClusteringScores {
  return atOnce(clusteringScoreSteps(labels, clusters));
}

/** Like {@link clusteringScores}, in steps, since both AMI and the matching take long for many clusters. */
export function* clusteringScoreSteps(labels: Int32Array, clusters: Int32Array): Stepwise<ClusteringScores> {
  const table = contingency(labels, clusters);
  const information = mutualInformation(table);
  const classEntropy = entropy(table.classes, table.total);
  const clusterEntropy = entropy(table.clusters, table.total);
  const homogeneity = share(information, classEntropy);
  const completeness = share(information, clusterEntropy);
  return {
    nmi: share(information, (classEntropy + clusterEntropy) / 2),
    ami: yield* adjustedInformation(table, information, (classEntropy + clusterEntropy) / 2),
    ari: adjustedRandIndex(table),
    homogeneity,
    completeness,
    vMeasure: homogeneity + completeness === 0 ? 0 : (2 * homogeneity * completeness) / (homogeneity + completeness),
    fowlkesMallows: fowlkesMallows(table),
    accuracy: yield* matchedShare(table),
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
  // Zero for independent groupings; rounding may leave a small value of either sign.
  return sum < Number.EPSILON ? 0 : sum;
}

/** @see Vinh et al. 2010, section 3.2 */
function* adjustedInformation(table: Contingency, information: number, meanEntropy: number): Stepwise<number> {
  const { classes, clusters } = table;
  if (classes.length === clusters.length && classes.length <= 1) return 1;
  const expected = yield* expectedInformation(table);
  const range = meanEntropy - expected;
  const bounded = range < 0 ? Math.min(range, -Number.EPSILON) : Math.max(range, Number.EPSILON);
  return (information - expected) / bounded;
}

/** Mean of the mutual information over all assignments of samples to groups of the same sizes (hypergeometric). */
function* expectedInformation({ classes, clusters, total }: Contingency): Stepwise<number> {
  const logFactorial = new Float64Array(total + 1);
  for (let n = 2; n <= total; n++) logFactorial[n] = logFactorial[n - 1] + Math.log(n);
  let sum = 0;
  for (const a of classes) {
    for (const b of clusters) {
      const fixed =
        logFactorial[a] + logFactorial[b] + logFactorial[total - a] + logFactorial[total - b] - logFactorial[total];
      for (let n = Math.max(1, a + b - total); n <= Math.min(a, b); n++) {
        const ways = logFactorial[n] + logFactorial[a - n] + logFactorial[b - n] + logFactorial[total - a - b + n];
        sum += (n / total) * Math.log((total * n) / (a * b)) * Math.exp(fixed - ways);
      }
    }
    yield;
  }
  return sum;
}

/** part / whole, or 1 if the entropy `whole` is 0. */
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

function fowlkesMallows({ counts, classes, clusters, total }: Contingency): number {
  if (total === 0) return 1;
  const both = pairs(counts);
  return both === 0 ? 0 : both / Math.sqrt(pairs(classes) * pairs(clusters));
}

function pairs(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += (counts[i] * (counts[i] - 1)) / 2;
  return sum;
}

function* matchedShare({ counts, classes, clusters, total }: Contingency): Stepwise<number> {
  if (total === 0) return 1;
  return (yield* bestMatchingSteps({ data: counts, rows: classes.length, columns: clusters.length })) / total;
}
