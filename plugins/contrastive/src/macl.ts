import {
  constant,
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
import type { Scalar } from '@tensorflow/tfjs-core';
import { batchAdvice } from './advice.js';
import { maclCard } from './cards.js';
import { choiceMatrices, entropiesOf, gather, type Gathered } from './candidates.js';
import { temperature } from './options.js';

const options = Type.Object(
  {
    temperature: temperature(0.1, 'Temperature at `initialAlignment`.'),
    alpha: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: 'How strongly the temperature adapts to the alignment; 0 keeps it constant.',
    }),
    initialAlignment: Type.Number({
      minimum: -1,
      maximum: 1,
      default: 0,
      description: 'Mean cosine similarity of positive pairs at which the temperature equals `temperature`.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** Keeps the weight finite if the partner's softmax is 1. */
const EPSILON = 1e-8;

/**
 * Model-aware contrastive learning over views with embeddings [B, D]: NT-Xent whose temperature rises with the
 * alignment of partners, so that negatives similar to the image are repelled less late in training. Every term is
 * weighted by 1 / (1 - P), P the partner's softmax, which keeps the gradient large with few negatives. The part
 * `temperature` is the temperature of the step.
 * @see arXiv 2207.07874, equations 6 and 11
 */
export const macl = defineComponent(slots.objective, {
  use: 'macl',
  description:
    'NT-Xent with a temperature that adapts to the alignment of positive pairs, reweighted for few negatives (MACL).',
  source: 'arXiv 2207.07874',
  card: maclCard,
  options,
  check: (o, facts) => batchAdvice('macl', o.temperature, facts),
  create: (o): Objective => ({
    state: () => [],
    matrices: choiceMatrices,
    compute: ({ outputs }, { collective }) => {
      const all = outputs.map(view => gather(view, collective));
      const pairs = viewPairs(all).map(pair => pairLoss(pair, o, collective));
      return {
        loss: meanOf(pairs.map(({ loss }) => loss)),
        parts: { temperature: meanOf(pairs.map(({ temperature }) => temperature)) },
      };
    },
    trivial: ({ batchSize }) => {
      const count = 2 * batchSize - 1;
      const advice =
        'Lower optimizer.learningRate or raise schedule.warmupEpochs, and put batch norm into head.layers.';
      return [{ name: 'every image has the same embedding', loss: Math.log(count) / (1 - 1 / count), advice }];
    },
  }),
});

function pairLoss([a, b]: readonly [Gathered, Gathered], o: Options, collective: Collective) {
  const [alignment] = collective.allReduceMean([constant(tf.mean<Scalar>(tf.sum(tf.mul(a.own, b.own), 1)))]);
  const temperature = temperatureAt(alignment, o);
  const entropies = entropiesOf([a, b], temperature, collective);
  const elsewhere = tf.sub(1 + EPSILON, tf.exp(tf.neg(constant(entropies))));
  return { loss: tf.mean<Scalar>(tf.div(entropies, tf.maximum(elsewhere, EPSILON))), temperature };
}

/** The temperature at an alignment, without gradient. */
function temperatureAt(alignment: Scalar, { temperature, alpha, initialAlignment }: Options): Scalar {
  const rise = tf.mul(tf.sub(constant(alignment), initialAlignment), alpha);
  return constant(tf.mul<Scalar>(tf.add(rise, 1), temperature));
}
