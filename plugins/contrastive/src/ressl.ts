import {
  constant,
  defineComponent,
  kernels,
  meanOf,
  normalizeRows,
  slots,
  softmax,
  targetsOf,
  tf,
  Type,
  type Objective,
  type ObjectiveInputs,
  type ObjectiveResult,
  type Static,
  type StepContext,
} from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { checkRessl } from './advice.js';
import { resslCard } from './cards.js';
import { keysOf, pairsOf } from './info-nce.js';
import { queueSize, symmetric, temperature } from './options.js';
import { push, ringOf, ringState } from './ring.js';

const options = Type.Object(
  {
    studentTemperature: temperature(0.1, "The student's scores are divided by it."),
    teacherTemperature: temperature(
      0.04,
      "The teacher's scores are divided by it; must be lower than `studentTemperature`.",
    ),
    inputs: Type.Union([Type.Literal('embeddings'), Type.Literal('assignments')], {
      default: 'embeddings',
      description:
        'embeddings: scores are cosine similarities to a queue kept by the objective. assignments: scores are the logits of the assigner, for example `queue` with temperature 1.',
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
 * (teacher queue^T / Tt) and softmax(view queue^T / Ts). The loss depends on similarities to other images only, not on
 * the identity of an image.
 * @see arXiv 2107.09282, equations 4 to 6
 */
export const ressl = defineComponent(slots.objective, {
  use: 'ressl',
  description: "The distribution of a view's similarities to earlier images should match the teacher's (ReSSL).",
  source: 'arXiv 2107.09282; solo-learn',
  card: resslCard,
  options,
  requires: o => (o.inputs === 'assignments' ? ['assignments', 'teacher'] : ['teacher']),
  temperature: o =>
    o.inputs === 'assignments' ? { option: 'studentTemperature', value: o.studentTemperature } : undefined,
  check: checkRessl,
  create: (o): Objective => ({
    state: ({ width }) => (o.inputs === 'embeddings' ? ringState('queue', [o.queueSize, width]) : []),
    // The scores of a view and of the teacher.
    matrices: ({ batchSize, views }) =>
      o.inputs === 'embeddings'
        ? [{ rows: batchSize, columns: o.queueSize, count: 2 * (o.symmetric ? Math.max(1, views - 1) : 1) }]
        : [],
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
  const { rows, pointer } = push(ring, keysOf(inputs, o), collective);
  return { loss: meanOf(losses), parts: {}, nextState: { queue: rows, pointer } };
}

/** Logits in place of cosines; codes, where the assigner makes them, are the targets as they are. */
function fromAssignments(inputs: ObjectiveInputs, o: Options): ObjectiveResult {
  const targets = targetsOf(inputs, logits => sharpened(logits, o));
  const pairs = pairsOf({ outputs: inputs.outputs, targets }, o);
  return { loss: meanOf(pairs.map(([view, target]) => relation(view, target, o))), parts: {} };
}

function sharpened(scores: Tensor2D, { teacherTemperature }: Options): Tensor2D {
  return softmax(tf.div<Tensor2D>(scores, teacherTemperature));
}

function relation(scores: Tensor2D, target: Tensor2D, { studentTemperature }: Options): Scalar {
  const logits = tf.div<Tensor2D>(scores, studentTemperature);
  return tf.mean(kernels.softmaxCrossEntropy(logits, constant(target)));
}
