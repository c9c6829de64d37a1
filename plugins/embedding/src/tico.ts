import { constant, defineComponent, normalizeRows, slots, tf, Type, type Objective } from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { checkTico } from './advice.js';
import { ticoCard } from './cards.js';
import { meanProducts } from './moments.js';

const options = Type.Object(
  {
    beta: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.9,
      description: 'Momentum of the moving average of the covariance matrix.',
    }),
    rho: Type.Number({ minimum: 0, default: 8, description: 'Weight of the covariance term.' }),
  },
  { additionalProperties: false },
);

/**
 * TiCo: the first view's unit embedding a [B, D] should be the teacher's b of another view, and lie where the moving
 * covariance C [D, D] of all embeddings is small: `transformation` = 1 - mean a b, `contrast` = mean a C a^T,
 * loss = transformation + rho contrast. C = beta C + (1 - beta) a^T a / N is a constant, over the batch of all workers.
 * @see arXiv 2206.10698, equation 6
 */
export const tico = defineComponent(slots.objective, {
  use: 'tico',
  description:
    "Pulls a view towards the teacher's embedding of another view, and away from directions in which many embeddings lie (TiCo).",
  source: 'arXiv 2206.10698; lightly',
  card: ticoCard,
  options,
  requires: () => ['teacher'],
  check: checkTico,
  create: (o): Objective => ({
    state: ({ width }) => [{ name: 'covariance', shape: [width, width], dtype: 'float32', initial: 0 }],
    matrices: ({ width }) => [{ rows: width, columns: width, count: 2 }],
    compute: ({ outputs, targets, tensors }, { collective }) => {
      const last = targets.length - 1;
      const a = normalizeRows(last === 0 && outputs.length > 1 ? outputs[1] : outputs[0]);
      const current = constant(meanProducts(a, a, collective));
      const old = constant(tensors.covariance as Tensor2D);
      const covariance = tf.add<Tensor2D>(tf.mul(old, o.beta), tf.mul(current, 1 - o.beta));
      const agreement = tf.mean<Scalar>(tf.sum(tf.mul(a, normalizeRows(targets[last])), 1));
      const transformation = tf.sub<Scalar>(1, agreement);
      const contrast = tf.mean<Scalar>(tf.sum(tf.mul(tf.matMul(a, covariance), a), 1));
      const loss = tf.add<Scalar>(transformation, tf.mul(contrast, o.rho));
      return { loss, parts: { transformation, contrast }, nextState: { covariance } };
    },
    trivial: (_size, { step }) => [
      { name: 'every image has the same embedding', loss: o.rho * (1 - o.beta ** (step + 1)), advice: ADVICE },
    ],
  }),
});

const ADVICE =
  'Raise objective.rho or teacher.momentum, lower optimizer.learningRate, and put batch norm into head.layers.';
