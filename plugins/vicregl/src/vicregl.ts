import {
  CarlError,
  defineComponent,
  meanOf,
  slots,
  tf,
  Type,
  type Collective,
  type Objective,
  type ObjectiveInputs,
  type Static,
} from '@carl-ssl/core';
import type { Scalar, Tensor3D } from '@tensorflow/tfjs-core';
import { checkVicregl } from './advice.js';
import { vicreglCard } from './card.js';
import { matches } from './matches.js';
import { spreads } from './statistics.js';

const weight = (value: number, description: string) => Type.Number({ minimum: 0, default: value, description });

const options = Type.Object(
  {
    alpha: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.75,
      description: 'Weight of the global loss between views; the local loss between patches has weight 1 - alpha.',
    }),
    matches: Type.Integer({
      minimum: 1,
      default: 20,
      description: 'Number of patches of a view that are compared with the patches nearest to them in the image.',
    }),
    featureMatches: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      default: null,
      description: 'Number of patches that are compared with the patches most similar to them. Null: all patches.',
    }),
    invarianceWeight: weight(25, 'Weight of the mean squared difference between two views or patches.'),
    varianceWeight: weight(25, 'Weight of the hinge loss that keeps standard deviations at or above 1.'),
    covarianceWeight: weight(1, 'Weight of the squared covariances between different dimensions.'),
    epsilon: Type.Number({ exclusiveMinimum: 0, default: 1e-4, description: 'Added to the variances.' }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * VICRegL: loss = alpha global + (1 - alpha) local. `global` is VICReg over views with embeddings [B, D]. `local` is VICReg over
 * matched patches of two global views, the sum of two criteria: patches nearest to each other in the image, and patches whose
 * embeddings are nearest. Statistics of patches are over the batch, for each place in the list of matches.
 * @see arXiv 2210.01571, section 3
 */
export const vicregl = defineComponent(slots.objective, {
  use: 'vicregl',
  description:
    'VICReg between views and between patches that match in the image or in their embeddings (VICRegL). For dense tasks.',
  source: 'arXiv 2210.01571; github.com/facebookresearch/VICRegL',
  card: vicreglCard,
  options,
  requires: () => ['patch-tokens'],
  check: checkVicregl,
  create: (o): Objective => ({
    usesPatches: true,
    state: () => [],
    // The covariances and their squares.
    matrices: ({ width, views }) => [{ rows: width, columns: width, count: 2 * views }],
    compute: (inputs, { collective }) => {
      const [global, ...local] = losses([betweenViews(inputs), ...betweenPatches(inputs, o)], o, collective);
      // The sum over both criteria of the mean over pairs of views.
      const parts = { global, local: tf.mul<Scalar>(meanOf(local), 2) };
      const loss = tf.add<Scalar>(tf.mul(parts.global, o.alpha), tf.mul(parts.local, 1 - o.alpha));
      return { loss, parts };
    },
    trivial: () => [
      {
        name: 'every image has the same embedding, and every patch',
        // The global loss once, and the local one for both criteria.
        loss: (2 - o.alpha) * o.varianceWeight * (1 - Math.sqrt(o.epsilon)),
        advice: ADVICE,
      },
    ],
  }),
});

const ADVICE =
  'Raise objective.varianceWeight to at least objective.invarianceWeight, or lower optimizer.learningRate.';

/** Mean squared difference of embeddings that should be alike, and the embeddings that should be kept apart: [B, k, E]. */
interface Comparison {
  readonly invariance: Scalar;
  readonly apart: readonly Tensor3D[];
}

/** All ordered pairs with a global view at the front. */
function betweenViews({ outputs, globalViews = outputs.length }: ObjectiveInputs): Comparison {
  const pairs = outputs.slice(0, globalViews).flatMap((a, i) => outputs.filter((_, j) => j !== i).map(b => [a, b]));
  return {
    invariance: meanOf(pairs.map(([a, b]) => tf.mean<Scalar>(tf.squaredDifference(a, b)))),
    apart: outputs.map(view => tf.expandDims<Tensor3D>(view, 1)),
  };
}

/** Two comparisons, by position and by embedding, for each ordered pair of global views. */
function betweenPatches({ patches }: ObjectiveInputs, o: Options): Comparison[] {
  if (!patches) throw new CarlError('SHAPE', 'vicregl got no patches.');
  const { outputs, positions } = patches;
  const pairs = outputs.flatMap((_, i) => outputs.flatMap((__, j) => (i === j ? [] : [[i, j] as const])));
  return pairs.flatMap(([i, j]) => {
    const embeddings = [outputs[i], outputs[j]] as const;
    return [
      matches(embeddings, [positions[i], positions[j]], o.matches),
      matches(embeddings, embeddings, o.featureMatches ?? outputs[i].shape[1]),
    ].map(({ own, partners }) => ({
      invariance: tf.mean<Scalar>(tf.squaredDifference(own, partners)),
      apart: [own, partners],
    }));
  });
}

/** VICReg of each comparison. */
function losses(comparisons: readonly Comparison[], o: Options, collective: Collective): Scalar[] {
  const found = spreads(
    comparisons.flatMap(({ apart }) => apart),
    o.epsilon,
    collective,
  );
  return comparisons.map(({ invariance, apart }) => {
    const own = found.splice(0, apart.length);
    return tf.addN<Scalar>([
      tf.mul(invariance, o.invarianceWeight),
      tf.mul(meanOf(own.map(({ variance }) => variance)), o.varianceWeight),
      tf.mul(meanOf(own.map(({ covariance }) => covariance)), o.covarianceWeight),
    ]);
  });
}
