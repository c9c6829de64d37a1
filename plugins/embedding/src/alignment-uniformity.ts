import {
  defineComponent,
  meanOf,
  normalizeRows,
  slots,
  tf,
  Type,
  viewPairs,
  type Collective,
  type Objective,
  type Static,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkUniformity } from './advice.js';
import { uniformityCard } from './cards.js';
import { comparedWithAll, comparisonMatrices } from './image-pairs.js';

const options = Type.Object(
  {
    t: Type.Number({
      exclusiveMinimum: 0,
      default: 2,
      description: 'Sharpness of the Gaussian kernel in the uniformity term.',
    }),
    alpha: Type.Number({
      exclusiveMinimum: 0,
      default: 2,
      description: 'Exponent of the distance between two views in the alignment term.',
    }),
    uniformityWeight: Type.Number({ minimum: 0, default: 1, description: 'Weight of the uniformity term.' }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** Squared distances below this count as it, so that powers below 2 have a gradient everywhere. */
const NEAREST = 1e-24;

/**
 * Views with embeddings [B, D], set to unit length: `alignment`, the mean distance of two views to the power alpha, and
 * `uniformity`, log of the mean over pairs of images of exp(-t |x_i - x_j|^2), mean over views; over the batch of all
 * workers. loss = alignment + uniformityWeight uniformity. More than two views: alignment is the mean over all pairs.
 * @see arXiv 2005.10242, section 4.1
 */
export const alignmentUniformity = defineComponent(slots.objective, {
  use: 'alignment-uniformity',
  description: 'Alignment of the views of an image, and uniformity of the embeddings over the unit sphere.',
  source: 'arXiv 2005.10242; lightly (HypersphereLoss)',
  card: uniformityCard,
  options,
  check: checkUniformity,
  create: (o): Objective => ({
    state: () => [],
    // The kernel and the places of the images themselves.
    matrices: size => comparisonMatrices(size, 2),
    compute: ({ outputs }, { collective }) => {
      const rows = outputs.map(view => normalizeRows(view));
      const alignment = meanOf(viewPairs(rows).map(([a, b]) => distance(a, b, o)));
      const uniformity = meanOf(rows.map(view => uniformityOf(view, o, collective)));
      const loss = tf.add<Scalar>(alignment, tf.mul(uniformity, o.uniformityWeight));
      return { loss, parts: { alignment, uniformity } };
    },
    trivial: () => [
      {
        name: 'every image has the same embedding',
        loss: 0,
        advice: 'Raise objective.uniformityWeight, lower optimizer.learningRate, and put batch norm into head.layers.',
      },
    ],
  }),
});

function distance(a: Tensor2D, b: Tensor2D, { alpha }: Options): Scalar {
  const squared = tf.sum<Tensor1D>(tf.squaredDifference(a, b), 1);
  return tf.mean(alpha === 2 ? squared : tf.pow(tf.clipByValue(squared, NEAREST, Infinity), alpha / 2));
}

/** Each pair of images is seen from both sides, which leaves the mean as it is. */
function uniformityOf(view: Tensor2D, { t }: Options, collective: Collective): Scalar {
  const sums = comparedWithAll(view, collective, ({ rows, all, own }) => {
    const cosines = tf.matMul(rows, all, false, true);
    return tf.sum<Tensor1D>(tf.mul(tf.exp(tf.mul(tf.sub(cosines, 1), 2 * t)), tf.sub(1, own)), 1);
  });
  const others = view.shape[0] * collective.size - 1;
  const [mean] = collective.allReduceMean([tf.div<Scalar>(tf.mean(sums), Math.max(1, others))]);
  return tf.log(mean);
}
