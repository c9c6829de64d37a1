import {
  constant,
  defineComponent,
  meanOf,
  normalizeRows,
  oneHot,
  slots,
  tf,
  Type,
  type Collective,
  type Objective,
  type Static,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkKoleo } from './advice.js';
import { koleoCard } from './cards.js';
import { comparedWithAll, comparisonMatrices, type Compared } from './image-pairs.js';

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
    matrices: size => comparisonMatrices(size, 1),
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

function nearness(view: Tensor2D, { epsilon }: Options, collective: Collective): Scalar {
  const logarithms = comparedWithAll(view, collective, compared => {
    // A product in place of a gather, whose gradient TensorFlow.js refuses where the indices were computed.
    const neighbours = tf.matMul(oneHot(nearest(compared), compared.all.shape[0]), compared.all);
    const difference = tf.add(tf.sub(compared.rows, neighbours), epsilon);
    const distance = tf.sqrt(tf.sum<Tensor1D>(tf.square(difference), 1));
    return tf.log(tf.add(distance, epsilon));
  });
  return tf.neg(tf.mean(logarithms));
}

/** Place among all samples of each image's nearest other one, [R] of int32. */
const nearest = ({ rows, all, own }: Compared): Tensor1D =>
  tf.argMax(tf.sub(tf.matMul(constant(rows), constant(all), false, true), tf.mul(own, ITSELF)), 1);
