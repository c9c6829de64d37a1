import {
  consistency,
  constant,
  crossPairs,
  defineComponent,
  divergenceToUniform,
  drawPartition,
  grouped,
  Scheduled,
  scheduledAt,
  slots,
  softmax,
  targetLogits,
  type Objective,
  type ObjectiveInputs,
  type ObjectiveSize,
  type StepContext,
  type TrivialValue,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';
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
    trivial: (size, context) => trivialValues(o, size, scheduledAt(o.entropyWeight, context)),
  }),
});

function compare(inputs: ObjectiveInputs, o: Options, { random, collective }: StepContext) {
  const [, prototypes] = inputs.outputs[0].shape;
  const partition = drawPartition(prototypes, Math.min(o.partitionSize, prototypes), random);
  const assign = (logits: Tensor2D) => softmax(grouped(logits, partition));
  const students = inputs.outputs.map(logits => assign(tf.div(logits, o.temperature)));
  const teachers = targetLogits(inputs, o.temperature).map(logits => constant(assign(logits)));
  const [mean] = collective.allReduceMean([tf.mean<Tensor2D>(tf.concat([...students, ...teachers]), 0)]);
  return {
    consistency: consistency(crossPairs(students, teachers), o.epsilon),
    regulariser: divergenceToUniform(mean, o.epsilon),
  };
}

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
