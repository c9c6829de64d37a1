import { crossPairs, defineComponent, slots, tf, Type, type Objective } from '@carl-ssl/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { predictionAdvice } from './advice.js';
import { byolCard } from './cards.js';
import { meanCosine } from './cosine.js';

/**
 * BYOL's loss: the prediction of view j should point where the teacher's embedding of view i does, for all i != j:
 * sum of 2 - 2 cos, predictions and targets [B, D]. Summed over pairs, not averaged: with two views it is twice a single
 * direction's, and the learning rate means that.
 * @see arXiv 2006.07733, equation 2; github.com/lightly-ai/lightly/pull/1286
 */
export const byol = defineComponent(slots.objective, {
  use: 'byol',
  description: "Each view predicts the teacher's embedding of every other view, without negatives (BYOL).",
  source: 'arXiv 2006.07733; solo-learn',
  card: byolCard,
  options: Type.Object({}, { additionalProperties: false }),
  requires: () => ['teacher', 'predictor'],
  check: (_options, facts) => predictionAdvice('byol', facts),
  create: (): Objective => ({
    state: () => [],
    compute: ({ outputs, targets }) => {
      const cosines = crossPairs(outputs, targets).map(([view, target]) => meanCosine(view, target));
      const loss = tf.mul<Scalar>(tf.sub(cosines.length, tf.addN(cosines)), 2);
      return { loss, parts: {} };
    },
    trivial: () => [
      {
        name: 'every image has the same embedding',
        loss: 0,
        advice:
          'Raise teacher.momentum (0.99 or more), lower optimizer.learningRate, and put batch norm into head.layers and predictor.layers.',
      },
    ],
  }),
});
