import {
  cosineScores,
  defineComponent,
  oneHot,
  prototypeOptions,
  scorerOf,
  slots,
  tf,
  Type,
  untracked,
} from '@carl-ssl/core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkKMeansAssign } from './advice.js';

const options = Type.Object(
  {
    ...prototypeOptions,
    metric: Type.Literal('cosine', { default: 'cosine', description: 'Similarity measure.' }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Similarities are divided by it for the prediction; lower values are sharper.',
    }),
  },
  { additionalProperties: false },
);

/**
 * Hard assignment: the code of an embedding is the prototype it is most similar to, one-hot, [B, D] -> [B, K]. Prototypes
 * are its own, learned through the prediction, or the head's last layer, or given as `centroids` [K, D].
 */
export const kmeansAssign = defineComponent(slots.assigner, {
  use: 'kmeans-assign',
  description: 'Hard assignment to the most similar prototype, without balancing.',
  source: 'arXiv 1807.05520 (DeepCluster); github.com/facebookresearch/swav',
  options,
  provides: ({ count }) => (count === undefined ? ['codes'] : ['codes', 'prototypes']),
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: checkKMeansAssign,
  create: o => {
    const { scores, ...prototypes } = scorerOf(o);
    const hard = untracked((own: Tensor2D) => oneHot(tf.argMax<Tensor1D>(own, 1), own.shape[1]));
    return {
      ...prototypes,
      state: () => [],
      assign: (views, pass, { centroids }) => {
        const score = centroids ? (view: Tensor2D) => cosineScores(view, centroids as Tensor2D) : scores(pass);
        const scored = views.map(score);
        return { assigned: scored.map(own => ({ logits: tf.div<Tensor2D>(own, o.temperature), code: hard(own) })) };
      },
    };
  },
});
