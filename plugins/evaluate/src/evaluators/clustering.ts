import { Type } from 'typebox';
import {
  CarlError,
  defineComponent,
  error,
  slots,
  type EvaluatorResult,
  type Facts,
  type FeatureEvaluator,
  type FeatureEvaluatorInputs,
  type Finding,
} from '@carl-ssl/core';
import { counted } from '../counted.js';
import { judgedFacts } from '../checks.js';
import { clusteringScores } from '../maths/clustering-scores.js';
import { directions, unitRows } from '../maths/directions.js';
import { kMeansSteps } from '../maths/k-means.js';
import { judgedSplits, labelled, type LabelledSplit } from '../splits.js';
import { stepByStep } from '../stepwise.js';
import { judgedImages } from '../work.js';

/** Iterations after which k-means has usually converged. */
const ITERATIONS = 20;

interface Options {
  readonly clusters?: number;
  readonly starts: number;
  readonly maxIterations: number;
  readonly normalize: boolean;
}

/**
 * Clusters the features of a split by k-means and compares the clusters with its labels, which k-means does not use:
 * NMI, ARI and accuracy of `validation` and `test`, or of `train` when there is neither. The metric names include the
 * numbers of clusters and starts.
 */
function clustering(options: Options): FeatureEvaluator {
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    work: sizes => {
      const { dim, classes } = sizes;
      const rows = judgedImages(sizes).reduce((sum, count) => sum + count, 0);
      const [clusters, iterations] = [options.clusters ?? classes, Math.min(options.maxIterations, ITERATIONS)];
      return {
        backendFlops: 2 * options.starts * iterations * rows * clusters * dim,
        hostFlops: options.starts * rows * dim * (3 * clusters + 3 * iterations),
        bytes: 3 * 4 * rows * dim + 16 * clusters * dim,
      };
    },
    async evaluate(inputs) {
      const results = [];
      const splits = labelled(await judgedSplits(inputs));
      for (const [place, split] of splits.entries()) {
        const progress = () => inputs.progress(place, splits.length);
        results.push(...(await scores(split, options, { ...inputs, progress })));
      }
      return results;
    },
  };
}

async function scores(
  split: LabelledSplit,
  options: Options,
  { random, progress }: Pick<FeatureEvaluatorInputs, 'random'> & { progress: () => Promise<void> },
): Promise<EvaluatorResult[]> {
  const clusters = options.clusters ?? new Set(split.labels).size;
  const { rows } = split.features;
  if (clusters > rows) {
    const found = `${clusters} clusters are requested, but split '${split.name}' has only ${counted(rows, 'image')}.`;
    throw new CarlError('INPUT_ARGUMENT', `${found} Set 'clusters' to at most ${rows}.`);
  }
  const features = options.normalize ? unit(split) : split.features;
  const steps = kMeansSteps(features, { ...options, clusters }, random);
  const { nmi, ari, accuracy } = clusteringScores(split.labels, await stepByStep(steps, progress));
  const protocol = `kmeans${clusters}x${options.starts}${options.normalize ? '' : '-raw'}`;
  const of = `of ${clusters} k-means clusters, best of ${options.starts} starts, with the classes`;
  const result = (name: string, value: number, rest: Pick<EvaluatorResult, 'kind' | 'description'>) => ({
    ...{ metric: `${name}@${protocol}`, split: split.name, value },
    ...rest,
  });
  return [
    result('nmi', nmi, { kind: 'score', description: `normalised mutual information ${of}` }),
    result('ari', ari, { kind: 'score', description: `adjusted Rand index ${of}` }),
    result('clustering', accuracy, { kind: 'accuracy', description: `accuracy of the best matching ${of}` }),
  ];
}

function unit({ features }: LabelledSplit) {
  return { ...features, data: unitRows(directions(features), new Float32Array(features.data.length)) };
}

function check({ clusters }: Options, facts: Facts): readonly Finding[] {
  const labelledSplits = judgedFacts(facts).filter(({ classes }) => classes !== undefined);
  const asked = clusters ?? Math.max(...Object.values(facts.splits ?? {}).map(({ classes = 0 }) => classes), 0);
  const small = labelledSplits.find(({ images }) => images < asked);
  if (!small) return [];
  const message = `${asked} clusters are asked for, but split \`${small.name}\` has only ${counted(small.images, 'image')}. Set \`clusters\` to at most ${small.images}.`;
  return [error('CLUSTERING_TOO_FEW_IMAGES', 'clusters', message)];
}

export default defineComponent(slots.evaluator, {
  use: 'clustering',
  knownAs: ['k-means'],
  description: 'k-means on the features, compared with the labels: NMI, ARI and accuracy under the best matching.',
  source: 'arXiv 2005.12320, section 3',
  options: Type.Object(
    {
      clusters: Type.Optional(
        Type.Integer({
          minimum: 1,
          description: 'Number of clusters; by default the number of distinct labels in the split.',
        }),
      ),
      starts: Type.Integer({
        minimum: 1,
        default: 10,
        description: 'Number of k-means runs from random centroids; the run with the lowest inertia is used.',
      }),
      maxIterations: Type.Integer({ minimum: 1, default: 100, description: 'Maximum number of iterations per run.' }),
      normalize: Type.Boolean({ default: true, description: 'Normalise features to unit length first.' }),
    },
    { additionalProperties: false },
  ),
  requires: () => ['labels'],
  check,
  create: clustering,
});
