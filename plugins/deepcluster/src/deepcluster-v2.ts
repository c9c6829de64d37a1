import {
  defineComponent,
  kernels,
  needsViews,
  oneHot,
  slots,
  softmax,
  targetsOf,
  tf,
  Type,
  type Collective,
  type Objective,
  type ObjectiveInputs,
  type ObjectiveSize,
  type Static,
  type TrivialValue,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { deepclusterCard } from './card.js';

const options = Type.Object(
  {
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description:
        "Logits are divided by it, in addition to the assigner's temperature; the product is 0.1 in DeepCluster v2.",
    }),
    ignoreLabel: Type.Integer({
      default: -100,
      description: 'Label of an image without a cluster, if clusters are given as labels.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * DeepCluster v2's loss: all views of an image predict its cluster, in every set of prototypes by itself. Logits [B, K];
 * an image has one cluster a set, the code of its first view.
 * @see arXiv 2006.09882, appendix: DeepCluster-v2
 */
export const deepclusterV2 = defineComponent(slots.objective, {
  use: 'deepcluster-v2',
  knownAs: ['DeepCluster'],
  description: 'All views predict the cluster of their image, in each of several clusterings.',
  source: 'arXiv 2006.09882 (DeepCluster-v2); github.com/facebookresearch/swav',
  card: deepclusterCard,
  options,
  requires: () => ['assignments'],
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: (_options, facts) => needsViews('deepcluster-v2', facts),
  create: (o): Objective => ({
    state: () => [],
    compute: (inputs, { collective }) => {
      const loss = predictionLoss(inputs, targetOf(inputs, o), { ...o, collective });
      return { loss, parts: {} };
    },
    trivial: trivialValues,
  }),
});

/** The cluster of each image as a row [B, K], zero for images without one: given as labels, or the first view's code. */
function targetOf(inputs: ObjectiveInputs, { ignoreLabel }: Options): Tensor2D {
  const labels = inputs.tensors.assignment as Tensor1D | undefined;
  if (!labels) return targetsOf(inputs, logits => softmax(logits))[0];
  const known = tf.notEqual(labels, ignoreLabel);
  const rows = oneHot(tf.where(known, labels, tf.zerosLike(labels)), inputs.outputs[0].shape[1]);
  return tf.mul(rows, tf.cast(tf.expandDims(known, 1), 'float32'));
}

/** Mean cross-entropy over all views and all images that have a cluster. */
function predictionLoss(
  { outputs }: ObjectiveInputs,
  target: Tensor2D,
  { temperature, collective }: { readonly temperature: number; readonly collective: Collective },
): Scalar {
  const terms = outputs.map((view): Tensor1D =>
    kernels.softmaxCrossEntropy(tf.div<Tensor2D>(view, temperature), target),
  );
  const [counted] = collective.allReduceMean([tf.sum<Scalar>(target)]);
  return tf.div(tf.sum<Scalar>(tf.concat(terms)), tf.mul(tf.maximum(counted, 1e-6), outputs.length));
}

function trivialValues({ width }: ObjectiveSize): TrivialValue[] {
  return [
    {
      name: 'every image is predicted to be in all clusters alike (ln K)',
      loss: Math.log(width),
      advice: 'Lower assigner.temperature, take fewer clusters (assigner.clusters), or raise optimizer.learningRate.',
    },
    {
      name: 'all images are in the same cluster',
      loss: 0,
      advice:
        'Lower optimizer.learningRate, take more clusters (assigner.clusters), or more epochs with fewer images each: k-means runs between epochs.',
    },
  ];
}
