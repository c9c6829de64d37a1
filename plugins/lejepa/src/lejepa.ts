import { defineComponent, meanOf, slots, tf, Type, type Objective } from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { checkLejepa } from './advice.js';
import { lejepaCard } from './card.js';
import { drawDirections, sigreg, sigregOfZeros } from './sigreg.js';

const options = Type.Object(
  {
    lambda: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.05,
      description: 'Weight of SIGReg; the prediction term has weight 1 - lambda.',
    }),
    slices: Type.Integer({
      minimum: 1,
      default: 256,
      description:
        'Number of random directions in which embeddings are compared with a Gaussian, drawn anew at each step.',
    }),
    points: Type.Integer({
      minimum: 3,
      default: 17,
      description: 'Number of points at which characteristic functions are compared, including 0.',
    }),
    range: Type.Number({
      exclusiveMinimum: 0,
      default: 3,
      description: 'The largest of these points.',
    }),
  },
  { additionalProperties: false },
);

/**
 * LeJEPA over views with embeddings [B, D]: `prediction`, the mean squared difference of the views from the mean of an
 * image's global views; `sigreg`, how far the embeddings of a view are from an isotropic Gaussian, mean over views. loss
 * = (1 - lambda) prediction + lambda sigreg. Without teacher and without stop-gradient.
 * @see arXiv 2511.08544
 */
export const lejepa = defineComponent(slots.objective, {
  use: 'lejepa',
  knownAs: ['SIGReg'],
  description:
    'Predicts the mean of the global views, and shapes the embeddings as an isotropic Gaussian (LeJEPA with SIGReg).',
  source: 'arXiv 2511.08544; github.com/rbalestr-lab/lejepa',
  card: lejepaCard,
  options,
  check: checkLejepa,
  create: (o): Objective => ({
    state: () => [],
    // The projections of the views; their cosines are computed again for the gradient.
    matrices: ({ batchSize, views }) => [{ rows: batchSize, columns: o.slices, count: views }],
    compute: ({ outputs, globalViews = outputs.length }, { collective, random }) => {
      const directions = drawDirections(o.slices, outputs[0].shape[1], random);
      const parts = {
        prediction: prediction(outputs, globalViews),
        sigreg: meanOf(outputs.map(view => sigreg(view, directions, o, collective))),
      };
      const loss = tf.add<Scalar>(tf.mul(parts.prediction, 1 - o.lambda), tf.mul(parts.sigreg, o.lambda));
      return { loss, parts };
    },
    trivial: ({ batchSize }) => [
      { name: 'all embeddings are zero', loss: o.lambda * sigregOfZeros(batchSize, o), advice: ADVICE },
    ],
  }),
});

const ADVICE =
  'Raise objective.lambda, lower optimizer.learningRate, and put batch norm into the hidden layers of head.layers.';

function prediction(views: readonly Tensor2D[], globalViews: number): Scalar {
  const center = tf.div<Tensor2D>(tf.addN(views.slice(0, globalViews)), globalViews);
  return meanOf(views.map(view => tf.mean<Scalar>(tf.squaredDifference(view, center))));
}
