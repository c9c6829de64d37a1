import {
  chunkRows,
  consistencyMatrices,
  crossPairs,
  defineComponent,
  divergenceToUniform,
  drawPartition,
  grouped,
  inRowChunks,
  rowConsistency,
  Scheduled,
  scheduledAt,
  slots,
  softmax,
  sourcesOf,
  targetLogits,
  tf,
  Type,
  untracked,
  type Objective,
  type ObjectiveInputs,
  type ObjectiveSize,
  type Static,
  type StepContext,
  type TrivialValue,
} from '@carl-ssl/core';
import type { Rank, Scalar, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { checkCarp } from './advice.js';
import { carpCard } from './card.js';

const options = Type.Object(
  {
    partitionSize: Type.Integer({
      minimum: 2,
      default: 512,
      description:
        'Number of prototypes in a group. If K is not a multiple of it, some prototypes are left out at each step.',
    }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "Logits are divided by it, in addition to the assigner's temperature.",
    }),
    entropyWeight: Scheduled({
      minimum: 0,
      default: 1,
      description: 'Weight of the KL divergence of the mean assignment within a group from uniform.',
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
 * CARP's loss: CARL's within random groups of s prototypes, drawn anew at every step, between the views and a momentum
 * teacher's global views. Logits [B, K]; each group is a softmax of its own.
 * @see arXiv 2310.12692, section 3
 */
export const carp = defineComponent(slots.objective, {
  use: 'carp',
  description: 'Views are assigned consistently with the teacher, within random groups of prototypes.',
  source: 'arXiv 2310.12692; github.com/sthalles/carp',
  card: carpCard,
  judges: 'teacher',
  options,
  requires: () => ['assignments', 'teacher'],
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: checkCarp,
  create: (o): Objective => ({
    state: () => [],
    compute: (inputs, context) => {
      const parts = compare(inputs, o, context);
      const weighted = tf.mul(parts.regulariser, scheduledAt(o.entropyWeight, context));
      return { loss: tf.add<Scalar>(parts.consistency, weighted), parts };
    },
    matrices: consistencyMatrices,
    trivial: (size, context) => trivialValues(o, size, scheduledAt(o.entropyWeight, context)),
  }),
});

/** Compares some rows at a time where all would fill much memory. */
function compare(inputs: ObjectiveInputs, o: Options, { random, collective }: StepContext) {
  const { outputs } = inputs;
  const [batch, prototypes] = outputs[0].shape;
  const partition = drawPartition(prototypes, Math.min(o.partitionSize, prototypes), random);
  const assign = (logits: Tensor2D) => softmax(grouped(logits, partition));
  const logitsOf = targetLogits(inputs, o.temperature);
  const target = untracked((source: Tensor2D) => assign(logitsOf(source)));
  const sources = sourcesOf(inputs);
  const atOnce = chunkRows(batch, outputs.length * prototypes);
  const { values, sum } = inRowChunks({ rows: outputs, constants: sources }, atOnce, ({ rows, constants }) => {
    const students = rows.map(logits => assign(tf.div(logits, o.temperature)));
    const teachers = constants.map(source => target(source));
    const perGroup = rowConsistency(crossPairs(students, teachers), o.epsilon);
    return { values: tf.mean<Tensor1D>(perGroup, 1), sum: sumOf([...students, ...teachers]) };
  });
  const assignments = batch * (outputs.length + sources.length);
  const [mean] = collective.allReduceMean([tf.div<Tensor1D>(sum, assignments)]);
  return {
    consistency: tf.mean<Scalar>(values),
    regulariser: divergenceToUniform(tf.reshape(mean, [-1, partition.size]), o.epsilon),
  };
}

/** Sums over rows, of all groups one after the other: [B, G, s] each -> [G * s]. */
const sumOf = (assignments: readonly Tensor3D[]): Tensor1D =>
  tf.addN(assignments.map(own => tf.reshape<Rank.R1>(tf.sum(own, 0), [-1])));

function trivialValues({ partitionSize }: Options, { width }: ObjectiveSize, weight: number): TrivialValue[] {
  const logSize = Math.log(Math.min(partitionSize, width));
  return [
    {
      name: 'every image gets the uniform assignment in every group (ln partitionSize)',
      loss: logSize,
      advice:
        'Lower assigner.temperature so that assignments can become sharp, take a smaller objective.partitionSize, or more learning rate.',
    },
    {
      name: 'every image gets the same prototype of each group',
      loss: weight * logSize,
      advice:
        'Raise objective.entropyWeight at the start ({ from: 5, to: 1 }), a larger trainer.batchSize, or a smaller objective.partitionSize.',
    },
  ];
}
