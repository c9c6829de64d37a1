import { consistency, defineComponent, slots, softmax, viewPairs, type Objective } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    presenceWeight: Type.Number({
      minimum: 0,
      default: 2,
      description: 'Weight of the part that wants every prototype to be present in the batch.',
    }),
  },
  { additionalProperties: false },
);

/** Probabilities are clamped to [EPSILON, 1 - EPSILON] before a logarithm. */
const EPSILON = 2 ** -23;

/**
 * CARL's consistency with the presence regulariser of PIP-Net (CVPR 2023) in place of the divergence from uniform: for every
 * prototype k and view, minus log tanh of the sum over the batch of p_k. A prototype that some image of the batch gets is
 * present; how many images get it does not matter, unlike with CARL.
 */
export const presence = defineComponent(slots.objective, {
  use: 'presence',
  description: 'Consistent assignment of views to prototypes, each of which is present in every batch.',
  source: 'PIP-Net (CVPR 2023); the consistency is that of CARL, arXiv 2112.15421',
  options,
  requires: () => ['assignments'],
  create: ({ presenceWeight }): Objective => ({
    state: () => [],
    compute: ({ outputs }, { collective }) => {
      const views = outputs.map(logits => softmax(logits));
      const means = collective.allReduceMean(views.map(view => tf.mean<Tensor1D>(view, 0)));
      // The sum over the batch of all workers.
      const rows = views[0].shape[0] * collective.size;
      const missing = means.map(mean => tf.log(tf.add(tf.tanh(tf.mul(mean, rows)), EPSILON)));
      const parts = {
        consistency: consistency(viewPairs(views), EPSILON),
        presence: tf.neg(tf.mean<Scalar>(tf.stack(missing))),
      };
      return { loss: tf.add<Scalar>(parts.consistency, tf.mul(parts.presence, presenceWeight)), parts };
    },
    trivial: ({ width, batchSize }) => [
      {
        name: 'every image gets the uniform assignment',
        loss: Math.log(width) - presenceWeight * Math.log(Math.tanh(batchSize / width)),
        advice: 'Lower assigner.temperature.',
      },
      {
        name: 'every image gets the same prototype',
        loss: -presenceWeight * (((width - 1) / width) * Math.log(EPSILON)),
        advice: 'Raise objective.presenceWeight.',
      },
    ],
  }),
});
