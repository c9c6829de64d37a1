import {
  CarlError,
  defineComponent,
  error,
  slots,
  Type,
  type EvaluatorResult,
  type Facts,
  type FeatureEvaluator,
  type FeatureEvaluatorInputs,
  type Finding,
  type Static,
} from '@carl-ssl/core';
import { checkSupervised, judgedFacts } from '../checks.js';
import { checkLabels } from '../labels.js';
import { retrieval as retrieve, type RetrievalScores, type RetrievalTask } from '../maths/retrieval.js';
import { drawnPart, judgedSplits, labelled, supervised, type LabelledSplit } from '../splits.js';
import { stepByStep } from '../stepwise.js';
import { judgedImages } from '../work.js';

const options = Type.Object(
  {
    gallery: Type.Union([Type.Literal('train'), Type.Literal('split')], {
      default: 'train',
      description:
        'Images that are searched. train: the training images. split: the other images of the same split (leave one out).',
    }),
    k: Type.Array(Type.Integer({ minimum: 1 }), {
      minItems: 1,
      uniqueItems: true,
      default: [1, 5, 10],
      description: 'Ranks for precision and recall.',
    }),
    samples: Type.Integer({
      minimum: 1,
      default: 2000,
      description: 'Maximum number of queries per split, drawn at random if there are more. All images are searched.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * Retrieval of images of the query's class by cosine similarity: mean average precision, precision at k and recall at k. Queries are
 * images of `validation` and `test`; with the gallery `split`, of `train` when there is neither. Queries without any image of their
 * class in the gallery do not count; `n` in the names is the number of those that do.
 */
function retrieval(options: Options): FeatureEvaluator {
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    work: sizes => {
      const pairs = judgedImages(sizes).map(
        count => Math.min(count, options.samples) * (options.gallery === 'train' ? sizes.images.train : count),
      );
      const total = pairs.reduce((sum, count) => sum + count, 0);
      const rows = sizes.images.train + judgedImages(sizes).reduce((sum, count) => sum + count, 0);
      return { backendFlops: 2 * total * sizes.dim, hostFlops: 60 * total, bytes: 8 * rows * sizes.dim + 2 ** 26 };
    },
    async evaluate(inputs) {
      const results: EvaluatorResult[] = [];
      for (const { split, gallery } of await searches(options, inputs)) {
        const size = gallery.features.rows - (split === gallery ? 1 : 0);
        const most = Math.max(...options.k);
        if (most > size) throw tooFewImages(most, size);
        const { part, places } = drawnPart(split, options.samples, inputs.random);
        const own = split === gallery ? { own: places } : {};
        const task: RetrievalTask = { queries: part, gallery, ...own, k: options.k };
        const { rows } = part.features;
        const scores = await stepByStep(retrieve(task), done => inputs.progress(Math.min(done, rows), rows));
        results.push(...resultsOf(split, scores, options));
      }
      return results;
    },
  };
}

async function searches(
  { gallery }: Options,
  inputs: FeatureEvaluatorInputs,
): Promise<readonly { readonly split: LabelledSplit; readonly gallery: LabelledSplit }[]> {
  if (gallery === 'split') {
    const splits = labelled(await judgedSplits(inputs));
    for (const split of splits) checkLabels(split, inputs.classCount);
    return splits.map(split => ({ split, gallery: split }));
  }
  const { train, judged } = await supervised(inputs);
  return judged.map(split => ({ split, gallery: train }));
}

function resultsOf(
  { name: split }: LabelledSplit,
  { queries, meanAveragePrecision, precision, recall }: RetrievalScores,
  { gallery, k }: Options,
): readonly EvaluatorResult[] {
  if (queries === 0)
    throw new CarlError(
      'INPUT_DATA',
      `For no image of split '${split}' is there an image of its class among those that are searched. Use a dataset with several images of each class, or remove this evaluator.`,
    );
  const protocol = `@n${queries}-${gallery === 'train' ? 'train' : 'leave-one-out'}`;
  const where = gallery === 'train' ? 'the training images' : 'the other images of the split';
  const of = `for ${queries} queries by cosine similarity in ${where}`;
  const score = (metric: string, value: number, description: string): EvaluatorResult => ({
    ...{ metric: `${metric}${protocol}`, split, value, kind: 'score', description: `${description} ${of}` },
  });
  return [
    score('retrieval-map', meanAveragePrecision, 'mean average precision of retrieving images of the class'),
    ...k.map((count, i) => score(`retrieval-p${count}`, precision[i], `share of the class among the first ${count}`)),
    ...k.map((count, i) =>
      score(`retrieval-r${count}`, recall[i], `share of queries with the class among the first ${count}`),
    ),
  ];
}

function tooFewImages(k: number, images: number): CarlError {
  return new CarlError(
    'INPUT_ARGUMENT',
    `k is ${k}, but only ${images} images are searched. Set 'k' to at most ${images}.`,
  );
}

function check({ gallery, k }: Options, facts: Facts): readonly Finding[] {
  const needs = gallery === 'train' ? checkSupervised(facts) : [];
  const searched =
    gallery === 'train'
      ? facts.splits?.train?.images
      : Math.min(...judgedFacts(facts).flatMap(({ images, classes }) => (classes === undefined ? [] : [images - 1])));
  const most = Math.max(...k);
  if (searched === undefined || most <= searched) return needs;
  const message = `k is ${most}, but only ${searched} images are searched. Set \`k\` to at most ${searched}.`;
  return [error('RETRIEVAL_TOO_FEW_IMAGES', 'k', message), ...needs];
}

export default defineComponent(slots.evaluator, {
  use: 'retrieval',
  knownAs: ['image-retrieval'],
  description:
    'Retrieval of images of the same class by cosine similarity: mean average precision, precision and recall at k.',
  source: 'Manning et al. 2008, section 8.4 (mean average precision); arXiv 1511.06452 (recall at k)',
  options,
  requires: () => ['labels'],
  check,
  create: retrieval,
});
