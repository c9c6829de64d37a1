import { crossPairs, defineComponent, meanOf, slots, tf, Type, type Objective } from '@carl-ssl/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { predictionAdvice } from './advice.js';
import { simsiamCard } from './cards.js';
import { meanCosine } from './cosine.js';

/**
 * SimSiam's loss: minus the mean cosine of the prediction of view j and the embedding of view i before the predictor,
 * i != j, [B, D] each. The embedding is a constant (stop-gradient): without that all images become one. With a teacher
 * its embeddings are the targets instead.
 * @see arXiv 2011.10566, algorithm 1
 */
export const negativeCosine = defineComponent(slots.objective, {
  use: 'negative-cosine',
  knownAs: ['SimSiam'],
  description: 'Each view predicts the embedding of the other view, with a stop-gradient on the target (SimSiam).',
  source: 'arXiv 2011.10566; lightly',
  card: simsiamCard,
  options: Type.Object({}, { additionalProperties: false }),
  requires: () => ['predictor'],
  check: (_options, facts) => predictionAdvice('negative-cosine', facts),
  create: (): Objective => ({
    state: () => [],
    compute: ({ outputs, targets }) => {
      const cosines = crossPairs(outputs, targets).map(([view, target]) => meanCosine(view, target));
      return { loss: tf.neg<Scalar>(meanOf(cosines)), parts: {} };
    },
    trivial: () => [
      {
        name: 'every image has the same embedding',
        loss: -1,
        advice:
          'Lower optimizer.learningRate, raise optimizer.weightDecay, put batch norm into head.layers (its last layer too), or add `teacher:`. Features that are still spread mean a task that is too easy: strengthen the augmenter.',
      },
    ],
  }),
});
