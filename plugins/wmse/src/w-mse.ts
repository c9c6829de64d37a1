import {
  defineComponent,
  meanOf,
  normalizeRows,
  slots,
  tf,
  Type,
  viewPairs,
  type Objective,
  type Random,
  type Static,
  type TrivialValue,
} from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { checkWmse, groupsOf } from './advice.js';
import { wMseCard } from './card.js';
import { whitened } from './whitening.js';

const options = Type.Object(
  {
    groupSize: Type.Integer({
      minimum: 2,
      default: 128,
      description:
        'Number of images that are whitened together, drawn at random from the batch; the authors take twice the width of the embeddings. If larger than the batch, all images are one group.',
    }),
    draws: Type.Integer({
      minimum: 1,
      default: 1,
      description: 'How many times at each step the batch is divided into groups; the loss is their mean.',
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 1e-4,
      description: 'Share of the identity in the covariance of a group, for numerical stability.',
    }),
    normalize: Type.Boolean({
      default: true,
      description: 'Whether whitened embeddings are set to unit length before they are compared.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * W-MSE over views with embeddings [B, D]: embeddings of each view are whitened within random groups of images of the
 * batch of all workers, which keeps them apart, and the views of an image are compared: 2 - 2 cosine, or without
 * `normalize` the mean squared difference over dimensions. Mean over all pairs of views.
 * @see arXiv 2007.06346, equations 3 to 7
 */
export const wMse = defineComponent(slots.objective, {
  use: 'w-mse',
  knownAs: ['WMSE', 'whitening MSE'],
  description: 'The distance of views after whitening each batch of embeddings, which keeps them apart (W-MSE).',
  source: 'arXiv 2007.06346; github.com/htdt/self-supervised',
  card: wMseCard,
  options,
  check: checkWmse,
  create: (o): Objective => ({
    state: () => [],
    // The covariance and the inverse of its factor, of each group.
    matrices: ({ batchSize, width, views }) => [
      { rows: width, columns: width, count: 2 * views * o.draws * groupsOf(o.groupSize, batchSize).count },
    ],
    compute: ({ outputs }, { collective, random }) => {
      const views = collective.allGather([...outputs]);
      const losses = Array.from({ length: o.draws }, () => distanceInGroups(views, o, random));
      return { loss: meanOf(losses), parts: {} };
    },
    trivial: () => (o.normalize ? [UNRELATED] : [UNRELATED, EQUAL]),
  }),
});

/** With `normalize` also the loss of embeddings that are all equal. */
const UNRELATED: TrivialValue = {
  name: 'views of an image are as far apart as two images',
  loss: 2,
  advice:
    'Lower optimizer.learningRate, raise objective.groupSize with trainer.batchSize, and check that the augmenter keeps the content that is to be recognised.',
};
const EQUAL: TrivialValue = {
  name: 'all embeddings are equal',
  loss: 0,
  advice: 'Lower objective.epsilon, below the variance of the embeddings, or set objective.normalize: true.',
};

/** Every worker computes the loss of the global batch: its groups have images of all workers. */
function distanceInGroups(views: readonly Tensor2D[], o: Options, random: Random): Scalar {
  const { size, count } = groupsOf(o.groupSize, views[0].shape[0]);
  const order = random.permutation(views[0].shape[0]);
  const groups = Array.from({ length: count }, (_, g) => order.slice(g * size, (g + 1) * size));
  return meanOf(
    groups.map(group => {
      const places = tf.tensor1d(group, 'int32');
      const white = views.map(view => whitened(tf.gather(view, places), o.epsilon));
      return meanOf(viewPairs(white).map(([a, b]) => distance(a, b, o)));
    }),
  );
}

function distance(a: Tensor2D, b: Tensor2D, { normalize }: Options): Scalar {
  if (!normalize) return tf.mean<Scalar>(tf.squaredDifference(a, b));
  const cosines = tf.sum(tf.mul(normalizeRows(a), normalizeRows(b)), 1);
  return tf.sub<Scalar>(2, tf.mul(tf.mean(cosines), 2));
}
