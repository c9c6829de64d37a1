import { CarlError, counted, defineComponent, slots, Type, type Metric } from '@carl-ssl/core';
import { agreement, labels, matrix, sameWidth } from '../arrays.js';
import { kNearest } from '../maths/k-nearest.js';
import type { Voting } from '../maths/vote.js';

/** Weighted k-NN classification of `testFeatures` [M, D] by `trainFeatures` [N, D]: `predictions` [M] and their `accuracy`. */
function knn(voting: Voting & { readonly classes: number }): Metric {
  return {
    compute(inputs) {
      const train = matrix(inputs, 'trainFeatures');
      const test = matrix(inputs, 'testFeatures');
      sameWidth(train, test, "'trainFeatures' and 'testFeatures'");
      if (voting.k > train.rows) throw tooManyNeighbours(voting.k, train.rows);
      const trainLabels = labels(inputs, 'trainLabels', { length: train.rows, classes: voting.classes });
      const testLabels = labels(inputs, 'testLabels', { length: test.rows, classes: voting.classes });
      const predictions = kNearest({ features: train, labels: trainLabels }, test, voting);
      return { predictions: { shape: [test.rows], data: predictions }, accuracy: agreement(predictions, testLabels) };
    },
  };
}

export function tooManyNeighbours(k: number, rows: number): CarlError {
  return new CarlError(
    'INPUT_ARGUMENT',
    `k-NN needs ${counted(k, 'neighbour')}, but there ${rows === 1 ? 'is' : 'are'} only ${counted(rows, 'training row')}. Choose a 'k' of at most ${rows}.`,
  );
}

export default defineComponent(slots.metric, {
  use: 'knn',
  description: 'k-NN classification by cosine similarity, votes weighted by exp(similarity / temperature).',
  source: 'arXiv 1805.01978, section 3.4',
  options: Type.Object(
    {
      k: Type.Integer({
        minimum: 1,
        default: 20,
        description: 'Number of neighbours that vote; at most the number of training rows.',
      }),
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 0.1,
        description: 'Lower values give more weight to the nearest neighbours.',
      }),
      classes: Type.Integer({ minimum: 1, description: 'Number of classes.' }),
    },
    { additionalProperties: false },
  ),
  create: knn,
});
