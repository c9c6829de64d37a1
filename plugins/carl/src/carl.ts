import {
  chunkRows,
  consistencyMatrices,
  constant,
  crossPairs,
  defineComponent,
  divergenceToUniform,
  inRowChunks,
  rowConsistency,
  Scheduled,
  scheduledAt,
  slots,
  softmax,
  tf,
  Type,
  viewPairs,
  type Collective,
  type Objective,
  type ObjectiveInputs,
  type Static,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkCarl } from './advice.js';
import { carlCard } from './card.js';

const options = Type.Object(
  {
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "Logits are divided by it, in addition to the assigner's temperature.",
    }),
    entropyWeight: Scheduled({
      minimum: 0,
      default: { from: 5, to: 1, over: 1 },
      description:
        'Weight of the KL divergence of the mean assignment from uniform. CARL needs a high weight at the start.',
    }),
    stopGradient: Type.Boolean({
      default: false,
      description:
        "Whether the second view of each ordered pair is a target without gradient, as in the authors' function. The value of the loss is unchanged, and the gradient of the consistency term is halved.",
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      maximum: 0.01,
      default: 2 ** -23,
      description: 'Probabilities are clamped to [epsilon, 1 - epsilon] before a logarithm.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * CARL's loss over V views with logits [B, K]: `consistency`, the mean of -log <p_i, p_j> over pairs of views, plus
 * entropyWeight times `regulariser`, ln K minus the entropy of the assignment averaged over batch and views. The
 * gradient runs through both views of a pair, unless `stopGradient` is set or the targets are codes or a teacher's.
 * @see arXiv 2112.15421
 */
export const carl = defineComponent(slots.objective, {
  use: 'carl',
  description: 'Consistent assignment of views to prototypes; the mean assignment is regularised towards uniform.',
  source: 'arXiv 2112.15421; numbers as CARP (arXiv 2310.12692) with one partition and no teacher',
  card: carlCard,
  options,
  requires: () => ['assignments'],
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: checkCarl,
  create: (o): Objective => ({
    state: () => [],
    compute: (inputs, context) => {
      const parts = compare(inputs, o, context.collective);
      const weighted = tf.mul(parts.regulariser, scheduledAt(o.entropyWeight, context));
      return { loss: tf.add<Scalar>(parts.consistency, weighted), parts };
    },
    matrices: consistencyMatrices,
    trivial: ({ width }, context) => trivialValues(Math.log(width), scheduledAt(o.entropyWeight, context)),
  }),
});

/** Compares some rows at a time where all would fill much memory: softmax and logarithms of a chunk are in memory at once. */
function compare({ outputs, codes, targets }: ObjectiveInputs, o: Options, collective: Collective) {
  const [batch, prototypes] = outputs[0].shape;
  const given = codes.length > 0 ? codes : targets;
  const atOnce = chunkRows(batch, outputs.length * prototypes);
  const { values, sum } = inRowChunks({ rows: outputs, constants: given }, atOnce, ({ rows, constants }) => {
    const views = rows.map(logits => assign(logits, o));
    const others = (codes.length > 0 ? constants : constants.map(logits => assign(logits, o))).map(constant);
    return { values: rowConsistency(pairsOf(views, others, o), o.epsilon), sum: tf.addN(views.map(columnSums)) };
  });
  const [mean] = collective.allReduceMean([tf.div<Tensor1D>(sum, batch * outputs.length)]);
  return { consistency: tf.mean<Scalar>(values), regulariser: divergenceToUniform(mean, o.epsilon) };
}

const assign = (logits: Tensor2D, { temperature }: Options): Tensor2D => softmax(tf.div<Tensor2D>(logits, temperature));

const columnSums = (rows: Tensor2D): Tensor1D => tf.sum(rows, 0);

/** The inner product is symmetric: without constant targets each pair counts once. */
function pairsOf(views: readonly Tensor2D[], given: readonly Tensor2D[], { stopGradient }: Options) {
  const constants = given.length === 0 && stopGradient ? views.map(constant) : given;
  return constants.length > 0 ? crossPairs(views, constants) : viewPairs(views);
}

function trivialValues(logK: number, weight: number) {
  return [
    {
      name: 'every image gets the uniform assignment',
      loss: logK,
      advice:
        'Sharpen the assignment: lower assigner.temperature. A lower objective.entropyWeight at the start or more learning rate helps too.',
    },
    {
      name: 'every image gets the same prototype',
      loss: weight * logK,
      advice:
        'Raise objective.entropyWeight at the start (from: 5 or more), take fewer prototypes (assigner.count), or lower optimizer.learningRate.',
    },
  ];
}
