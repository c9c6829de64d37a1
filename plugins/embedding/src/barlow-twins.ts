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
import { checkBarlowTwins } from './advice.js';
import { barlowCard } from './cards.js';
import { centred, meanProducts, meanSquares, squares } from './moments.js';

const options = Type.Object(
  {
    lambda: Type.Number({
      minimum: 0,
      default: 0.005,
      description: 'Weight of the redundancy reduction term; narrower embeddings allow larger values.',
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-5,
      description: 'Added to the variance of each dimension.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * Barlow Twins over views with embeddings [B, D]: the cross-correlation [D, D] of two views, each dimension standardised
 * over the batch of all workers, should be the identity. `invariance` = sum (C_ii - 1)^2, `redundancy` = sum of the other
 * squares, loss = invariance + lambda redundancy; a sum over dimensions, so it grows with D. More views: mean over all pairs.
 * @see arXiv 2103.03230, equations 1 and 2
 */
export const barlowTwins = defineComponent(slots.objective, {
  use: 'barlow-twins',
  knownAs: ['Barlow'],
  description:
    'Drives the cross-correlation matrix of two views towards the identity: invariant views, decorrelated dimensions (Barlow Twins).',
  source: 'arXiv 2103.03230',
  card: barlowCard,
  options,
  check: checkBarlowTwins,
  create: (o): Objective => ({
    state: () => [],
    // The correlations, and their differences from the identity.
    matrices: ({ width, views }) => [{ rows: width, columns: width, count: views * (views - 1) }],
    compute: ({ outputs }, { collective }) => {
      const standardised = outputs.map(view => standardise(view, o, collective));
      const pairs = viewPairs(standardised).map(pair => correlation(pair, collective));
      const invariance = meanOf(pairs.map(pair => pair.invariance));
      const redundancy = meanOf(pairs.map(pair => pair.redundancy));
      return { loss: tf.add<Scalar>(invariance, tf.mul(redundancy, o.lambda)), parts: { invariance, redundancy } };
    },
    trivial: ({ width }) => [
      { name: 'every image has the same embedding', loss: width, advice: ADVICE },
      { name: 'all dimensions of the embedding are the same', loss: o.lambda * width * (width - 1), advice: REDUNDANT },
    ],
  }),
});

const ADVICE =
  'Lower optimizer.learningRate, put batch norm into the hidden layers of head.layers, and check that the augmenter keeps the content that is to be recognised.';
const REDUNDANT = 'Raise objective.lambda, and let the last of head.layers end without norm and activation.';

function standardise(view: Tensor2D, { epsilon }: Options, collective: Collective): Tensor2D {
  const rows = centred(view, collective);
  return tf.mul(rows, tf.rsqrt(tf.add(meanSquares(rows, collective), epsilon)));
}

function correlation([a, b]: readonly [Tensor2D, Tensor2D], collective: Collective) {
  const matrix = meanProducts(a, b, collective);
  const diagonal = tf.sub<Tensor2D>(matrix, tf.eye(matrix.shape[0]));
  return { invariance: squares(diagonal).diagonal, redundancy: squares(matrix).rest };
}
