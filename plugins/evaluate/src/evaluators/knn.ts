import {
  counted,
  defineComponent,
  error,
  slots,
  Type,
  type EvaluatorResult,
  type Facts,
  type FeatureEvaluator,
  type Finding,
} from '@carl-ssl/core';
import { checkSupervised } from '../checks.js';
import { agreement } from '../arrays.js';
import { kNearestOnBackend } from '../maths/k-nearest-on-backend.js';
import { tooManyNeighbours } from '../metrics/knn.js';
import { baselinesFor, figureName, measured, output, type MeasuredOutput } from '../output-option.js';
import { supervised } from '../splits.js';

interface Options {
  readonly output: MeasuredOutput;
  readonly k: number | readonly number[];
  readonly temperature: number;
}

/** Operations per value of the features, which are read, normalised and copied; measured on wide rows. */
const PER_VALUE = 18;

/**
 * k-NN probe: every image of `validation` and `test` is classified by its nearest images of `train`. Nothing is
 * selected on any split. Predictions are those of the metric `knn`, whatever the backend.
 */
function knn({ output, k, temperature }: Options): FeatureEvaluator {
  return {
    kind: 'features',
    ...measured(output),
    baselines: baselinesFor(output),
    work: ({ images: { train, validation, test }, dim }) => {
      const pairs = listOf(k).length * train * (validation + test);
      const rows = train + validation + test;
      return {
        backendFlops: 2 * pairs * dim,
        hostFlops: 6 * pairs + PER_VALUE * rows * dim,
        bytes: 8 * rows * dim + 2 ** 26,
      };
    },
    async evaluate(inputs) {
      const { train, judged } = await supervised(inputs);
      const counts = listOf(k);
      const most = Math.max(...counts);
      if (most > train.features.rows) throw tooManyNeighbours(most, train.features.rows);
      const results: EvaluatorResult[] = [];
      for (const [i, count] of counts.entries()) {
        const metric = `${figureName(`knn${count}`, output)}@t${temperature}`;
        const description = `accuracy of a vote of the ${counted(count, 'nearest training image')}, weighted by exp(cosine similarity / ${temperature})`;
        for (const { name, features, labels } of judged) {
          const voting = { k: count, temperature };
          const predictions = await kNearestOnBackend({ train, queries: features }, voting, done =>
            inputs.progress(i * features.rows + done, counts.length * features.rows),
          );
          const value = agreement(predictions, labels);
          results.push({ metric, split: name, value, kind: 'accuracy', description });
        }
      }
      return results;
    },
  };
}

function listOf(k: Options['k']): readonly number[] {
  return typeof k === 'number' ? [k] : k;
}

function check({ k }: Options, facts: Facts): readonly Finding[] {
  const { trainImages } = facts;
  const most = Math.max(...listOf(k));
  if (trainImages === undefined || most <= trainImages) return checkSupervised(facts);
  const message = `k is ${most}, but there ${trainImages === 1 ? 'is' : 'are'} only ${counted(trainImages, 'training image')}. Choose a k of at most ${trainImages}.`;
  return [error('KNN_TOO_MANY_NEIGHBOURS', 'k', message), ...checkSupervised(facts)];
}

export default defineComponent(slots.evaluator, {
  use: 'knn',
  description:
    'k-NN classification: accuracy of a vote among the nearest training images, by cosine similarity of features.',
  source: 'arXiv 1805.01978, section 3.4; arXiv 2104.14294',
  options: Type.Object(
    {
      output: output('features'),
      k: Type.Union(
        [Type.Integer({ minimum: 1 }), Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, uniqueItems: true })],
        {
          default: 20,
          description:
            'Number of nearest training images that vote, or a list of numbers, each with a figure of its own: DINO and CARP report [10, 20, 100, 200] at temperature 0.07.',
        },
      ),
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 0.1,
        description:
          'Votes are weighted by exp(similarity / temperature): lower values give more weight to the nearest images.',
      }),
    },
    { additionalProperties: false },
  ),
  requires: () => ['labels'],
  check,
  create: knn,
});
