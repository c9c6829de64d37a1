import type { EvaluationControl, EvaluatorResult, SplitName } from '@carl-ssl/core';
import { clusteringScoreSteps, type ClusteringScores } from './maths/clustering-scores.js';
import { stepByStep } from './stepwise.js';

/** Clusters of the images of a labelled split. */
export interface ClusteredSplit {
  readonly name: SplitName;
  readonly labels: Int32Array;
  /** [N]. */
  readonly clusters: Int32Array;
}

/** Name and meaning of every score, in the order in which results list them. */
const SCORES: readonly (readonly [score: keyof ClusteringScores, metric: string, meaning: string])[] = [
  ['nmi', 'nmi', 'normalised mutual information (arithmetic mean)'],
  ['ami', 'ami', 'adjusted mutual information (arithmetic mean)'],
  ['ari', 'ari', 'adjusted Rand index'],
  ['fowlkesMallows', 'fmi', 'Fowlkes-Mallows index'],
  ['homogeneity', 'homogeneity', 'homogeneity'],
  ['completeness', 'completeness', 'completeness'],
  ['vMeasure', 'v-measure', 'V-measure, equal to NMI,'],
];

/** All scores of clusters against the labels. `protocol` follows `@` in their names; `words` says which clusters they are. */
export async function clusteringResults(
  { name: split, labels, clusters }: ClusteredSplit,
  { protocol, words }: { readonly protocol: string; readonly words: string },
  progress: () => ReturnType<EvaluationControl['progress']>,
): Promise<readonly EvaluatorResult[]> {
  const scores = await stepByStep(clusteringScoreSteps(labels, clusters), progress);
  const of = `of ${words} with the classes`;
  return [
    ...SCORES.map(([score, metric, meaning]): EvaluatorResult => ({
      ...{ metric: `${metric}@${protocol}`, split, value: scores[score] },
      ...{ kind: 'score', description: `${meaning} ${of}` },
    })),
    {
      ...{ metric: `clustering@${protocol}`, split, value: scores.accuracy, kind: 'accuracy' },
      description: `accuracy of the best one-to-one matching ${of}`,
    },
  ];
}
