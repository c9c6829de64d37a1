import {
  constant,
  defineComponent,
  Scheduled,
  scheduledAt,
  slots,
  softmax,
  type Collective,
  type Facts,
  type Finding,
  type Objective,
  type ObjectiveInputs,
  type ScheduledNumber,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';
import { consistency, divergenceToUniform } from './consistency.js';

const options = Type.Object(
  {
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "Logits are divided by it, beyond the assigner's own temperature.",
    }),
    entropyWeight: Scheduled({
      minimum: 0,
      default: { from: 5, to: 1, over: 1 },
      description: 'Weight of the KL divergence of the mean assignment to uniform. CARL wants it high at the start.',
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      maximum: 0.01,
      default: 2 ** -23,
      description: 'Probabilities are kept this far from 0 and 1 before a logarithm.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * CARL's loss over V views with logits [B, K]: `consistency`, the mean of -log <p_i, p_j> over pairs of views, plus
 * entropyWeight times `regulariser`, ln K minus the entropy of the assignment averaged over batch and views. The
 * gradient runs through both views of a pair, unless targets come from codes or a teacher.
 * @see arXiv 2112.15421
 */
export const carl = defineComponent(slots.objective, {
  use: 'carl',
  description: 'Consistent assignment of views to prototypes, with the mean assignment pulled towards uniform.',
  source: 'arXiv 2112.15421; numbers as CARP (arXiv 2310.12692) with one partition and no teacher',
  options,
  requires: () => ['assignments'],
  check,
  create: (o): Objective => ({
    state: () => [],
    compute: (inputs, context) => {
      const { agreement, regulariser } = compare(inputs, o, context.collective);
      const loss = tf.add<tf.Scalar>(agreement, tf.mul(regulariser, scheduledAt(o.entropyWeight, context)));
      return { loss, parts: { consistency: agreement, regulariser } };
    },
    trivial: ({ width }, context) => trivialValues(Math.log(width), scheduledAt(o.entropyWeight, context)),
  }),
});

function compare(inputs: ObjectiveInputs, { temperature, epsilon }: Options, collective: Collective) {
  const views = inputs.outputs.map(logits => softmax(tf.div<Tensor2D>(logits, temperature)));
  const agreement = consistency(views, targetsOf(inputs, views, temperature), epsilon);
  const [mean] = collective.allReduceMean([tf.mean<Tensor1D>(tf.concat(views), 0)]);
  return { agreement, regulariser: divergenceToUniform(mean, epsilon) };
}

function targetsOf(
  { codes, targets }: ObjectiveInputs,
  views: readonly Tensor2D[],
  temperature: number,
): readonly Tensor2D[] {
  if (codes.length > 0) return codes.map(code => constant(code));
  if (targets.length > 0) return targets.map(logits => constant(softmax(tf.div<Tensor2D>(logits, temperature))));
  return views;
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

function check({ entropyWeight, temperature }: Options, facts: Facts): Finding[] {
  const findings: Finding[] = [];
  const start = startOf(entropyWeight);
  if (start <= 1)
    findings.push({
      severity: 'warning',
      code: 'CARL_ENTROPY_WEIGHT_LOW',
      path: 'entropyWeight',
      message: `a weight of ${String(start)} at the start lets all images fall onto a few prototypes (arXiv 2112.15421 starts high). Start above 1, for example { from: 5, to: 1 }.`,
    });
  if (facts.views.length < 2)
    findings.push({
      severity: 'error',
      code: 'OBJECTIVE_NEEDS_VIEWS',
      path: '',
      message: 'carl compares views of an image: the augmenter must make at least 2.',
    });
  if (facts.prototypeCount !== undefined && facts.prototypeCount > facts.batchSize * facts.views.length)
    findings.push({
      severity: 'warning',
      code: 'CARL_PROTOTYPES_EXCEED_BATCH',
      path: '',
      message:
        `the mean assignment of ${String(facts.batchSize)} images x ${String(facts.views.length)} views cannot be uniform over ` +
        `${String(facts.prototypeCount)} prototypes, which the regulariser of arXiv 2112.15421 pulls it to. Lower assigner.count, raise trainer.batchSize, or take \`carp\`, which compares within groups (arXiv 2310.12692).`,
    });
  if (temperature < 0.01)
    findings.push({
      severity: 'warning',
      code: 'CARL_TEMPERATURE_LOW',
      path: 'temperature',
      message: `at temperature ${String(temperature)} assignments saturate and gradients vanish; 0.05 to 0.2 is usual (arXiv 2006.09882, 2012.09740).`,
    });
  return findings;
}

function startOf(weight: ScheduledNumber): number {
  return typeof weight === 'number' ? weight : weight.from;
}
