import { Type } from 'typebox';
import { defineComponent, slots, type Facts, type FeatureEvaluator, type Finding } from '@carl-ssl/core';
import { agreement } from '../arrays.js';
import { kNearestOnBackend } from '../maths/k-nearest-on-backend.js';
import { tooManyNeighbours } from '../metrics/knn.js';
import { supervised } from '../splits.js';

interface Options {
  readonly k: number;
  readonly temperature: number;
}

/**
 * k-NN probe: every image of `validation` and `test` is classified by its nearest images of `train`. Nothing is
 * selected on any split. Predictions are those of the metric `knn`, whatever the backend.
 */
function knn({ k, temperature }: Options): FeatureEvaluator {
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    async evaluate(inputs) {
      const { train, judged } = await supervised(inputs);
      if (k > train.features.rows) throw tooManyNeighbours(k, train.features.rows);
      const results = [];
      for (const { name, features, labels } of judged) {
        const predictions = await kNearestOnBackend({ train, queries: features }, { k, temperature }, done =>
          inputs.progress(done, features.rows),
        );
        const value = agreement(predictions, labels);
        results.push({ metric: `knn${k}@t${temperature}`, split: name, value, kind: 'accuracy' as const });
      }
      return results;
    },
  };
}

function check({ k }: Options, { trainImages }: Facts): readonly Finding[] {
  if (trainImages === undefined || k <= trainImages) return [];
  const message = `k is ${k}, but there are only ${trainImages} training images. Choose a k of at most ${trainImages}.`;
  return [{ severity: 'error', code: 'KNN_TOO_MANY_NEIGHBOURS', path: 'k', message }];
}

export default defineComponent(slots.evaluator, {
  use: 'knn',
  description:
    'k-NN classification: accuracy of a vote among the nearest training images, by cosine similarity of features.',
  source: 'arXiv 1805.01978, section 3.4; arXiv 2104.14294',
  options: Type.Object(
    {
      k: Type.Integer({ minimum: 1, default: 20, description: 'Number of nearest training images that vote.' }),
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
