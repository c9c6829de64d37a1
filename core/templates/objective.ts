import { defineComponent, slots, softmax, type Objective } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    spreadWeight: Type.Number({
      minimum: 0,
      default: 2,
      description: 'Weight of the second part; above 1 it prevents that all images get the same prototype.',
    }),
  },
  { additionalProperties: false },
);

/** Added to probabilities whose logarithm is taken. */
const EPSILON = 1e-8;

/** Two views of an image shall get the same prototype, and all prototypes shall be used. */
export const templateName = defineComponent(slots.objective, {
  use: 'template-name',
  description: 'Agreement of the assignments of two views, and use of all prototypes.',
  options,
  requires: () => ['assignments'],
  create: ({ spreadWeight }): Objective => ({
    state: () => [],
    compute: ({ outputs }, { collective }) => {
      const [p, q] = outputs.map(logits => softmax(logits));
      const agreement = agreementOf(p, q);
      const [mean] = collective.allReduceMean([tf.mean<tf.Tensor1D>(tf.concat([p, q]), 0)]);
      const spread = tf.sum<Scalar>(tf.mul(mean, tf.log(tf.add(mean, EPSILON))));
      const loss = tf.add<Scalar>(agreement, tf.mul(spread, spreadWeight));
      return { loss, parts: { agreement, spread } };
    },
    trivial: ({ width }) => [
      { name: 'every image gets the same prototype', loss: 0, advice: 'Raise objective.spreadWeight.' },
      {
        name: 'every image gets the uniform assignment',
        loss: (1 - spreadWeight) * Math.log(width),
        advice: 'Lower assigner.temperature.',
      },
    ],
  }),
});

/** p, q [B, K] -> minus the mean logarithm of the probability that both views draw the same prototype. */
function agreementOf(p: Tensor2D, q: Tensor2D): Scalar {
  return tf.neg(tf.mean<Scalar>(tf.log(tf.add(tf.sum(tf.mul(p, q), 1), EPSILON))));
}
