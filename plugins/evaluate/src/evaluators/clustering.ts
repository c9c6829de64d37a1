import {
  CarlError,
  counted,
  defineComponent,
  error,
  slots,
  Type,
  type EvaluationSizes,
  type EvaluationWork,
  type EvaluatorResult,
  type Facts,
  type FeatureEvaluator,
  type FeatureEvaluatorInputs,
  type Finding,
  type HostMatrix,
  type Static,
} from '@carl-ssl/core';
import { checkJudgedClasses, judgedFacts } from '../checks.js';
import { clusteringResults } from '../clustering-results.js';
import { directions, unitRows } from '../maths/directions.js';
import { kMeansSteps, nearestSteps, type Clustering } from '../maths/k-means.js';
import { scalingOf, standardize, type Scaling } from '../maths/standardize.js';
import { checkClasses, judgedSplits, labelled, trainingSample, type LabelledSplit, type Split } from '../splits.js';
import { stepByStep } from '../stepwise.js';
import { judgedImages } from '../work.js';

/** Iterations after which k-means has usually converged. */
const ITERATIONS = 20;

const options = Type.Object(
  {
    clusters: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Number of clusters; by default the number of different labels of the images that are clustered.',
      }),
    ),
    fit: Type.Union([Type.Literal('train'), Type.Literal('split')], {
      default: 'train',
      description:
        'Images that are clustered. train: the training images; every other image belongs to the nearest centroid. split: the images of each measured split, separately.',
    }),
    spherical: Type.Boolean({
      default: true,
      description:
        'Spherical k-means: centroids have unit length and images are assigned by inner product. false: k-means by Euclidean distance, from centroids of k-means++.',
    }),
    standardize: Type.Boolean({
      default: true,
      description:
        'Give each feature mean 0 and deviation 1 on the clustered images; measured images are scaled by the same numbers.',
    }),
    normalize: Type.Boolean({
      default: false,
      description: 'Scale the features of each image to unit length, after standardisation.',
    }),
    starts: Type.Integer({
      minimum: 1,
      default: 10,
      description: 'Number of k-means runs from random centroids; the run with the smallest loss is used.',
    }),
    maxIterations: Type.Integer({ minimum: 1, default: 100, description: 'Maximum number of iterations per run.' }),
    samples: Type.Integer({
      minimum: 2,
      default: 100_000,
      description: 'Maximum number of training images that are clustered, drawn at random if there are more.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * Clusters features by k-means, which does not use labels, and compares the clusters of `validation` and `test`, or of `train`
 * when there is neither, with the labels. Names of metrics include the numbers of clusters and starts and, if k-means was fitted
 * on training images, their number.
 */
function clustering(options: Options): FeatureEvaluator {
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    work: sizes => workOf(options, sizes),
    async evaluate(inputs) {
      const splits = labelled(await judgedSplits(inputs));
      for (const split of splits) checkClasses(split, inputs.classCount);
      if (options.fit === 'train') {
        const train = await trainingSample(inputs, options.samples);
        const fitted = await fit(train, clusterCount(options, train, splits), { options, inputs });
        return resultsOf(splits, fitted, inputs);
      }
      const results: EvaluatorResult[] = [];
      for (const split of splits) {
        const fitted = await fit(split, clusterCount(options, split, [split]), { options, inputs });
        results.push(...(await resultsOf([split], fitted, inputs)));
      }
      return results;
    },
  };
}

/** k-means with the preparation of features that it was fitted with. */
interface Fitted {
  readonly options: Options;
  readonly clusters: number;
  /** Images that it was fitted on. */
  readonly images: number;
  readonly scaling?: Scaling;
  readonly result: Clustering;
}

function clusterCount({ clusters }: Options, fitted: Split, judged: readonly LabelledSplit[]): number {
  const labels = fitted.labels ? [fitted.labels] : judged.map(split => split.labels);
  return clusters ?? new Set(labels.flatMap(one => [...one])).size;
}

async function fit(
  { name, features }: Split,
  clusters: number,
  { options, inputs }: { readonly options: Options; readonly inputs: FeatureEvaluatorInputs },
): Promise<Fitted> {
  if (clusters > features.rows) {
    const found = `${clusters} clusters are requested, but only ${counted(features.rows, 'image')} of split '${name}' can be clustered.`;
    throw new CarlError('INPUT_ARGUMENT', `${found} Set 'clusters' to at most ${features.rows}.`);
  }
  if (!options.standardize && !options.normalize && !hasFiniteSquares(features))
    throw new CarlError(
      'INPUT_DATA',
      `The squared features of split '${name}' exceed the range of float32. Set 'standardize: true'.`,
    );
  const scaling = options.standardize ? scalingOf(features) : undefined;
  let start = -1;
  const runs = { ...options, clusters, onStart: () => (start += 1) };
  const steps = kMeansSteps(prepared(features, options, scaling), runs, inputs.random);
  const result = await stepByStep(steps, () => inputs.progress(Math.max(0, start), options.starts));
  return { options, clusters, images: features.rows, ...(scaling && { scaling }), result };
}

/** True if the sum of the squares of a row is below the largest float32 number. */
function hasFiniteSquares({ data, columns }: HostMatrix): boolean {
  const largest = Math.sqrt(3e38 / columns) / 2;
  for (let i = 0; i < data.length; i++) if (Math.abs(data[i]) > largest) return false;
  return true;
}

async function resultsOf(
  splits: readonly LabelledSplit[],
  fitted: Fitted,
  { progress }: FeatureEvaluatorInputs,
): Promise<readonly EvaluatorResult[]> {
  const { options, scaling, result } = fitted;
  const naming = { protocol: protocolOf(fitted), words: wordsOf(fitted) };
  const results: EvaluatorResult[] = [];
  for (const [place, { name, labels, features }] of splits.entries()) {
    const report = () => progress(place, splits.length);
    const steps = nearestSteps(prepared(features, options, scaling), result, options.spherical);
    const clusters = await stepByStep(steps, report);
    results.push(...(await clusteringResults({ name, labels, clusters }, naming, report)));
  }
  return results;
}

function prepared(features: HostMatrix, { normalize }: Options, scaling: Scaling | undefined): HostMatrix {
  const scaled = scaling ? standardize(features, scaling) : features;
  return normalize ? { ...scaled, data: unitRows(directions(scaled), new Float32Array(scaled.data.length)) } : scaled;
}

/** `kmeans10x10` on the split itself, `spherical10x10n60000-std` on 60,000 training images. */
function protocolOf({ options, clusters, images }: Fitted): string {
  const { spherical, starts, standardize, normalize } = options;
  const algorithm = `${spherical ? 'spherical' : 'kmeans'}${clusters}x${starts}`;
  const where = options.fit === 'train' ? `n${images}` : '';
  const unit = normalize ? (standardize ? '-unit' : '') : standardize ? '' : '-raw';
  return `${algorithm}${where}${standardize ? '-std' : ''}${unit}`;
}

function wordsOf({ options, clusters, images }: Fitted): string {
  const { spherical, starts, standardize, normalize } = options;
  const algorithm = `${clusters} ${spherical ? 'spherical ' : ''}k-means clusters`;
  const where = options.fit === 'train' ? ` of ${images} training images` : '';
  const features = [...(standardize ? ['standardised'] : []), ...(normalize ? ['unit-length'] : [])];
  const which = features.length > 0 ? `, ${features.join(', ')} features` : '';
  return `${algorithm}${where}${which}, best of ${counted(starts, 'start')},`;
}

function workOf(options: Options, sizes: EvaluationSizes): EvaluationWork {
  const { dim, classes } = sizes;
  const judged = judgedImages(sizes).reduce((sum, count) => sum + count, 0);
  const rows = options.fit === 'train' ? Math.min(options.samples, sizes.images.train) : judged;
  const [clusters, iterations] = [options.clusters ?? classes, Math.min(options.maxIterations, ITERATIONS)];
  return {
    backendFlops: 2 * (options.starts * iterations * rows + judged) * clusters * dim,
    hostFlops: options.starts * rows * dim * ((options.spherical ? 0 : 3 * clusters) + 3 * iterations),
    bytes: 3 * 4 * Math.max(rows, judged) * dim + 16 * clusters * dim,
  };
}

function check({ clusters, fit, samples }: Options, facts: Facts): readonly Finding[] {
  const few = checkJudgedClasses(facts);
  const { train } = facts.splits ?? {};
  const fitted =
    fit === 'split'
      ? judgedFacts(facts).filter(({ classes }) => classes !== undefined)
      : [...(train ? [{ name: 'train', ...train, images: Math.min(samples, train.images) }] : [])];
  const small = fitted.find(({ images, classes = 1 }) => images < (clusters ?? classes));
  if (!small) return few;
  const { name, images, classes } = small;
  const message = `${clusters ?? classes!} clusters are asked for, but only ${counted(images, 'image')} of split \`${name}\` can be clustered. Set \`clusters\` to at most ${images}.`;
  return [error('CLUSTERING_TOO_FEW_IMAGES', 'clusters', message), ...few];
}

export default defineComponent(slots.evaluator, {
  use: 'clustering',
  knownAs: ['k-means'],
  description:
    'k-means on the features, compared with the labels: NMI, AMI, ARI, Fowlkes-Mallows index, homogeneity, completeness, V-measure and accuracy under the best matching.',
  source:
    'arXiv 2310.12692 (CARP); github.com/sthalles/carp, evaluations/kmeans; arXiv 2005.12320, section 3 (accuracy)',
  options,
  requires: () => ['labels'],
  check,
  create: clustering,
});
