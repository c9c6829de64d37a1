import {
  constant,
  defineComponent,
  kernels,
  meanOf,
  normalizeRows,
  slots,
  softmax,
  targetsOf,
  crossPairs,
  type Facts,
  type Finding,
  type Objective,
  type ObjectiveInputs,
  type ObjectiveResult,
  type StepContext,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';
import { needsTargets, queueAdvice, temperatureAdvice } from './advice.js';
import { pairsOf } from './info-nce.js';
import { queueSize, symmetric } from './queue-options.js';
import { push, ringOf, ringState } from './ring.js';
import { temperature } from './temperature.js';

const options = Type.Object(
  {
    studentTemperature: temperature(0.1, "The learning branch's scores are divided by it."),
    teacherTemperature: temperature(0.04, "The teacher's scores are divided by it; must be the smaller one."),
    inputs: Type.Union([Type.Literal('embeddings'), Type.Literal('assignments')], {
      default: 'embeddings',
      description:
        'embeddings: scores are cosines with a queue the objective keeps. assignments: scores are the logits of the assigner, for example `queue`; give it temperature 1.',
    }),
    queueSize,
    symmetric,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * Relational self-supervised learning: the cosines of a view with a queue [M, D] of earlier embeddings should be
 * distributed as those of the teacher, which sees another, weaker view and is sharper: cross-entropy of softmax
 * (teacher queue^T / Tt) and softmax(view queue^T / Ts). Only relations to others count, never which image it is.
 * @see arXiv 2107.09282, equations 4 to 6
 */
export const ressl = defineComponent(slots.objective, {
  use: 'ressl',
  description: "The similarities of a view to earlier images should be distributed as the teacher's (ReSSL).",
  source: 'arXiv 2107.09282; solo-learn',
  options,
  requires: o => (o.inputs === 'assignments' ? ['assignments', 'teacher'] : ['teacher']),
  check,
  create: (o): Objective => ({
    state: ({ width }) => (o.inputs === 'embeddings' ? ringState('queue', [o.queueSize, width]) : []),
    compute: (inputs, context) =>
      o.inputs === 'embeddings' ? fromQueue(inputs, o, context) : fromAssignments(inputs, o),
    trivial: ({ width }) => {
      const loss = Math.log(o.inputs === 'embeddings' ? o.queueSize : width);
      return [{ name: 'every image is as near to all others', loss, advice: ADVICE }];
    },
  }),
});

const ADVICE =
  'Lower objective.teacherTemperature and optimizer.learningRate, raise teacher.momentum, and put batch norm into head.layers.';

function fromQueue(inputs: ObjectiveInputs, o: Options, { collective }: StepContext): ObjectiveResult {
  const ring = ringOf('queue', inputs.tensors, 0);
  const scores = (rows: Tensor2D): Tensor2D => tf.matMul(rows, constant(ring.rows), false, true);
  const pairs = pairsOf(inputs, o).map(([view, teacher]) => [normalizeRows(view), normalizeRows(teacher)] as const);
  const losses = pairs.map(([view, teacher]) => relation(scores(view), sharpened(scores(teacher), o), o));
  const { rows, pointer } = push(
    ring,
    pairs.map(([, teacher]) => teacher),
    collective,
  );
  return { loss: meanOf(losses), parts: {}, nextState: { queue: rows, pointer } };
}

/** Logits in place of cosines; codes, where the assigner makes them, are the targets as they are. */
function fromAssignments(inputs: ObjectiveInputs, o: Options): ObjectiveResult {
  const targets = targetsOf(inputs, logits => sharpened(logits, o));
  const pairs = o.symmetric ? crossPairs(inputs.outputs, targets) : pairsOf({ outputs: inputs.outputs, targets }, o);
  return { loss: meanOf(pairs.map(([view, target]) => relation(view, target, o))), parts: {} };
}

function sharpened(scores: Tensor2D, { teacherTemperature }: Options): Tensor2D {
  return softmax(tf.div<Tensor2D>(scores, teacherTemperature));
}

function relation(scores: Tensor2D, target: Tensor2D, { studentTemperature }: Options): Scalar {
  const logits = tf.div<Tensor2D>(scores, studentTemperature);
  return tf.mean(kernels.softmaxCrossEntropy(logits, constant(target)));
}

function check(o: Options, facts: Facts): Finding[] {
  const arriving = facts.batchSize * (o.symmetric ? 2 : 1);
  const findings = [
    ...needsTargets('ressl', facts),
    ...temperatureAdvice(o.studentTemperature, 'studentTemperature'),
    ...(o.inputs === 'embeddings' ? queueAdvice('queueSize', { size: o.queueSize, arriving }, facts) : []),
  ];
  if (o.teacherTemperature < o.studentTemperature) return findings;
  const message = `the teacher must be sharper than the learning branch; at ${o.teacherTemperature} against ${o.studentTemperature} there is nothing to learn (arXiv 2107.09282, table 2). Usual: 0.04 and 0.1.`;
  return [...findings, { severity: 'warning', code: 'RESSL_TEACHER_NOT_SHARPER', path: 'teacherTemperature', message }];
}
