import {
  defineComponent,
  meanOf,
  slots,
  tf,
  Type,
  viewPairs,
  type Collective,
  type Objective,
  type Static,
} from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { checkVicreg } from './advice.js';
import { vicregCard } from './cards.js';
import { centred, meanProducts, meanSquares, squares } from './moments.js';

const weight = (value: number, description: string) => Type.Number({ minimum: 0, default: value, description });

const options = Type.Object(
  {
    invarianceWeight: weight(25, 'Weight of the mean squared difference between two views.'),
    varianceWeight: weight(
      25,
      'Weight of the hinge loss that keeps the standard deviation of each dimension at or above 1.',
    ),
    covarianceWeight: weight(1, 'Weight of the squared covariances between different dimensions.'),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-4,
      description: 'Added to the variance of each dimension.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * VICReg over views with embeddings [B, D]: `invariance`, the mean squared difference of two views; `variance`, the mean
 * over views and dimensions of max(0, 1 - deviation); `covariance`, the squared covariances of different dimensions over
 * D, summed over two views. Statistics are those of the batch of all workers. More views: mean over all pairs.
 * @see arXiv 2105.04906, equations 1 to 6
 */
export const vicreg = defineComponent(slots.objective, {
  use: 'vicreg',
  description:
    'Invariance of views, variance of each dimension and decorrelation of dimensions, each with a weight (VICReg).',
  source: 'arXiv 2105.04906; lightly',
  card: vicregCard,
  options,
  check: checkVicreg,
  create: (o): Objective => ({
    state: () => [],
    // The covariances and their squares.
    matrices: ({ width, views }) => [{ rows: width, columns: width, count: 2 * views }],
    compute: ({ outputs }, { collective }) => {
      const invariance = meanOf(viewPairs(outputs).map(([a, b]) => tf.mean<Scalar>(tf.squaredDifference(a, b))));
      const spreads = outputs.map(view => spread(view, o, collective));
      const variance = meanOf(spreads.map(({ hinge }) => hinge));
      const covariance = tf.mul<Scalar>(meanOf(spreads.map(({ covariance: one }) => one)), 2);
      const parts = { invariance, variance, covariance };
      const weighted = [
        tf.mul(invariance, o.invarianceWeight),
        tf.mul(variance, o.varianceWeight),
        tf.mul(covariance, o.covarianceWeight),
      ];
      return { loss: tf.addN(weighted as Scalar[]), parts };
    },
    trivial: () => [
      {
        name: 'every image has the same embedding',
        loss: o.varianceWeight * (1 - Math.sqrt(o.epsilon)),
        advice: ADVICE,
      },
    ],
  }),
});

const ADVICE =
  'Raise objective.varianceWeight to at least objective.invarianceWeight, or lower optimizer.learningRate.';

function spread(view: Tensor2D, { epsilon }: Options, collective: Collective): { hinge: Scalar; covariance: Scalar } {
  const [batch, dim] = view.shape;
  const count = batch * collective.size;
  // Unbiased: over N - 1 in place of N.
  const correction = count / Math.max(1, count - 1);
  const rows = centred(view, collective);
  const deviation = tf.sqrt(tf.add(tf.mul(meanSquares(rows, collective), correction), epsilon));
  const covariances = tf.mul<Tensor2D>(meanProducts(rows, rows, collective), correction);
  return {
    hinge: tf.mean(tf.relu(tf.sub(1, deviation))),
    covariance: tf.div(squares(covariances).rest, dim),
  };
}
