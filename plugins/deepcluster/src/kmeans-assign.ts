import { cosineScores, defineComponent, oneHot, prototypeOptions, scorerOf, slots, untracked } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    ...prototypeOptions,
    metric: Type.Literal('cosine', { default: 'cosine', description: 'What similarity is: the cosine.' }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Similarities are divided by it for the prediction; smaller is sharper.',
    }),
  },
  { additionalProperties: false },
);

/**
 * Hard assignment: the code of an embedding is the prototype it is most similar to, one-hot, [B, D] -> [B, K]. Prototypes
 * are its own, learned through the prediction, the head's last layer, or given as `centroids` [K, D].
 */
export const kmeansAssign = defineComponent(slots.assigner, {
  use: 'kmeans-assign',
  description: 'Hard assignment to the most similar prototype, without balancing.',
  source: 'arXiv 1807.05520 (DeepCluster); github.com/facebookresearch/swav',
  options,
  provides: ({ count }) => (count === undefined ? ['codes'] : ['codes', 'prototypes']),
  check: (_options, { uses }) =>
    uses.objective === 'carl' || uses.objective === 'carp'
      ? []
      : [
          {
            severity: 'warning',
            code: 'KMEANS_ASSIGN_UNBALANCED',
            path: '',
            message:
              'nothing keeps all images from choosing the same prototype here: a loss of 0 without learning. Balance the codes (sinkhorn), cluster all embeddings (spherical-kmeans), or take an objective with an entropy regulariser (carl).',
          },
        ],
  create: o => {
    const { scores, ...prototypes } = scorerOf(o);
    const hard = untracked((own: Tensor2D) => oneHot(tf.argMax<Tensor1D>(own, 1), own.shape[1]));
    return {
      ...prototypes,
      state: () => [],
      assign: (views, pass, { centroids }) => {
        const scored = views.map(view => (centroids ? cosineScores(view, centroids as Tensor2D) : scores(view, pass)));
        return { assigned: scored.map(own => ({ logits: tf.div<Tensor2D>(own, o.temperature), code: hard(own) })) };
      },
    };
  },
});
