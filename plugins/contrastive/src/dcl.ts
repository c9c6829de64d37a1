import {
  constant,
  defineComponent,
  meanOf,
  slots,
  softmax,
  tf,
  Type,
  viewPairs,
  type Collective,
  type Objective,
  type Static,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { batchAdvice } from './advice.js';
import { dclCard } from './cards.js';
import { choiceMatrices, gather, repulsionsOf, type Gathered } from './candidates.js';
import { temperature } from './options.js';

const options = Type.Object(
  {
    temperature: temperature(0.1),
    weighting: Type.Union([Type.Literal('none'), Type.Literal('von-mises-fisher')], {
      default: 'none',
      description: 'von-mises-fisher: positive pairs with low similarity get more weight (DCLW).',
    }),
    sigma: Type.Number({
      exclusiveMinimum: 0,
      default: 0.5,
      description:
        'Cosine similarities of positive pairs are divided by it to compute the weights; lower values make the weights more unequal.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * Decoupled contrastive learning over views with embeddings [B, D]: NT-Xent without the partner in the denominator, so
 * that easy partners do not reduce the gradient; small batches are enough. More than two views: mean over all pairs.
 * @see arXiv 2110.06848, equations 6 and 7
 */
export const dcl = defineComponent(slots.objective, {
  use: 'dcl',
  knownAs: ['DCLW'],
  description: 'NT-Xent without the positive pair in the denominator; works with small batches (DCL, DCLW).',
  source: 'arXiv 2110.06848',
  card: dclCard,
  options,
  check: (o, facts) => batchAdvice('dcl', o.temperature, facts),
  create: (o): Objective => ({
    state: () => [],
    matrices: choiceMatrices,
    compute: ({ outputs }, { collective }) => {
      const all = outputs.map(view => gather(view, collective));
      return { loss: meanOf(viewPairs(all).map(pair => lossOf(pair, o, collective))), parts: {} };
    },
    trivial: ({ batchSize }) => [
      {
        name: 'every image has the same embedding',
        loss: Math.log(2 * batchSize - 2),
        advice: 'Lower optimizer.learningRate or raise schedule.warmupEpochs, and put batch norm into head.layers.',
      },
    ],
  }),
});

/** Mean over the samples of two views of the attraction of the partner and the repulsion of all other samples. */
function lossOf([a, b]: readonly [Gathered, Gathered], o: Options, collective: Collective): Scalar {
  const partners = tf.sum<Tensor1D>(tf.mul(a.own, b.own), 1);
  const attraction = tf.div(tf.mul(partners, weights(partners, o, collective)), o.temperature);
  return tf.sub(tf.mean(repulsionsOf([a, b], tf.scalar(o.temperature), collective)), tf.mean(attraction));
}

/** Constant weights of the partners, [B], with mean 1 over the batch of all workers. */
function weights(partners: Tensor1D, { weighting, sigma }: Options, collective: Collective): Tensor1D {
  if (weighting === 'none') return tf.onesLike(partners);
  const batch = partners.size;
  const [all] = collective.allGather([constant(partners)]);
  const shares = softmax(tf.div<Tensor1D>(all, sigma));
  const own = tf.slice(shares, collective.rank * batch, batch);
  return constant(tf.sub<Tensor1D>(2, tf.mul(own, batch * collective.size)));
}
