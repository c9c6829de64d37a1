import {
  constant,
  defineComponent,
  meanOf,
  normalizeRows,
  oneHot,
  ownPlaces,
  slots,
  type Collective,
  type Objective,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';
import { checkKoleo } from './advice.js';
import { koleoCard } from './cards.js';

const options = Type.Object(
  {
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-8,
      description: 'Added to each coordinate of a difference, and to its norm before the logarithm.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** Taken from an image's similarity to itself, so that it is not its own neighbour. */
const ITSELF = 4;

/**
 * The Kozachenko-Leonenko estimate of minus the entropy: -log of the distance to the nearest other image of the batch of
 * all workers, embeddings [B, D] set to unit length, mean over images and views; the gradient runs through both ends. It
 * spreads images and does not compare views: a term for a `weighted-sum`.
 * @see arXiv 1806.03198, equation 3; 2304.07193, section 4
 */
export const koleo = defineComponent(slots.objective, {
  use: 'koleo',
  description:
    'Pushes every image away from its nearest neighbour in the batch (KoLeo, as in DINOv2). Combine it with other objectives.',
  source: 'arXiv 1806.03198, 2304.07193; lightly',
  card: koleoCard,
  options,
  check: (_options, facts) => checkKoleo(facts),
  create: (o): Objective => ({
    state: () => [],
    matrices: ({ batchSize, views }) => [{ rows: batchSize, columns: batchSize, count: views }],
    compute: ({ outputs }, { collective }) => ({
      loss: meanOf(outputs.map(view => nearness(normalizeRows(view), o, collective))),
      parts: {},
    }),
    trivial: ({ width }) => [
      {
        name: 'every image has the same embedding',
        loss: -Math.log(o.epsilon * (1 + Math.sqrt(width))),
        advice: 'Lower optimizer.learningRate, and put batch norm into head.layers.',
      },
    ],
  }),
});

function nearness(rows: Tensor2D, { epsilon }: Options, collective: Collective): Scalar {
  const [all] = collective.allGather([rows]);
  // A product in place of a gather, whose gradient TensorFlow.js refuses where the indices were computed.
  const chosen = oneHot(nearest(constant(rows), constant(all), collective), all.shape[0]);
  const neighbours = tf.matMul(chosen, all);
  const difference = tf.add(tf.sub(rows, neighbours), epsilon);
  const distance = tf.sqrt(tf.sum<Tensor1D>(tf.square(difference), 1));
  return tf.neg(tf.mean(tf.log(tf.add(distance, epsilon))));
}

/** Place among all samples of each image's nearest other one, [B] of int32. */
function nearest(rows: Tensor2D, all: Tensor2D, collective: Collective): Tensor1D {
  const own = ownPlaces(rows.shape[0], all.shape[0], collective);
  return tf.argMax(tf.sub(tf.matMul(rows, all, false, true), tf.mul(own, ITSELF)), 1);
}
