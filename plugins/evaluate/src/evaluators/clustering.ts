import { Type } from 'typebox';
import {
  CarlError,
  defineComponent,
  slots,
  type Evaluator,
  type EvaluatorInputs,
  type EvaluatorResult,
} from '@carl-ssl/core';
import { clusteringScores } from '../maths/clustering-scores.js';
import { directions, unitRows } from '../maths/directions.js';
import { kMeans } from '../maths/k-means.js';
import { labelledSplits, type LabelledSplit } from '../splits.js';

interface Options {
  readonly clusters?: number;
  readonly starts: number;
  readonly maxIterations: number;
  readonly normalize: boolean;
}

/**
 * Clusters the features of a split by k-means and compares the clusters with its labels, which the clustering itself never
 * sees: NMI, ARI and accuracy of `validation` and `test`, or of `train` when there is neither.
 */
function clustering(options: Options): Evaluator {
  return {
    needsLabels: true,
    async evaluate(inputs) {
      return labelledSplits(inputs).flatMap(split => scores(split, options, inputs));
    },
  };
}

function scores(split: LabelledSplit, options: Options, { classCount, random }: EvaluatorInputs): EvaluatorResult[] {
  const clusters = options.clusters ?? classCount ?? new Set(split.labels).size;
  const { rows } = split.features;
  if (clusters > rows) {
    const found = `${clusters} clusters are asked for, but split '${split.name}' has only ${rows} images.`;
    throw new CarlError('INPUT_ARGUMENT', `${found} Choose 'clusters' of at most ${rows}.`);
  }
  const features = options.normalize ? unit(split) : split.features;
  const { nmi, ari, accuracy } = clusteringScores(split.labels, kMeans(features, { ...options, clusters }, random));
  const protocol = `kmeans${clusters}${options.normalize ? '' : '-raw'}`;
  return [
    { metric: `nmi@${protocol}`, split: split.name, value: nmi, kind: 'score' },
    { metric: `ari@${protocol}`, split: split.name, value: ari, kind: 'score' },
    { metric: `clustering@${protocol}`, split: split.name, value: accuracy, kind: 'accuracy' },
  ];
}

function unit({ features }: LabelledSplit) {
  return { ...features, data: unitRows(directions(features), new Float32Array(features.data.length)) };
}

export default defineComponent(slots.evaluator, {
  use: 'clustering',
  description: 'k-means on the features, compared with the labels: NMI, ARI and accuracy under the best matching.',
  source: 'arXiv 2005.12320, section 3',
  options: Type.Object(
    {
      clusters: Type.Optional(
        Type.Integer({ minimum: 1, description: 'Number of clusters; without it, the number of classes.' }),
      ),
      starts: Type.Integer({
        minimum: 1,
        default: 10,
        description: 'k-means runs from random centroids; the one with the least inertia counts.',
      }),
      maxIterations: Type.Integer({ minimum: 1, default: 100, description: 'Most iterations of one run.' }),
      normalize: Type.Boolean({ default: true, description: 'Bring features to unit length first.' }),
    },
    { additionalProperties: false },
  ),
  requires: () => ['labels'],
  create: clustering,
});
