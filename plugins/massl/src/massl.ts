import {
  againstTargets,
  crossEntropyMatrices,
  crossPairs,
  defineComponent,
  drawPartition,
  grouped,
  kernels,
  Scheduled,
  scheduledAt,
  slots,
  softmax,
  sourcesOf,
  targetLogits,
  tf,
  Type,
  type Objective,
  type ObjectiveInputs,
  type Static,
  type StepContext,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { checkMassl } from './advice.js';
import { masslCard } from './card.js';

const options = Type.Object(
  {
    blockSize: Type.Integer({
      minimum: 2,
      default: 512,
      description:
        'Number of memories in a block. If K is not a multiple of it, some memories are left out at each step.',
    }),
    studentTemperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: "The student's logits are divided by it.",
    }),
    teacherTemperature: Scheduled({
      exclusiveMinimum: 0,
      default: 0.04,
      description: "The teacher's logits are divided by it; must be lower than `studentTemperature`.",
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * MaSSL's loss: a view's similarities to random blocks of a memory of earlier embeddings should be distributed as those
 * of a momentum teacher for another view: cross-entropy within each block. Logits [B, K] are the similarities, of the
 * assigner `queue` with temperature 1; blocks are drawn anew at every step.
 * @see Silva, Pedrini and Ramírez Rivera, "Learning from Memory", ICML 2024, sections 3.1 and 3.2
 */
export const massl = defineComponent(slots.objective, {
  use: 'massl',
  description:
    "The distribution of a view's similarities to random blocks of earlier images should match the teacher's (MaSSL). Use it with the assigner `queue`.",
  source: 'ICML 2024 (proceedings.mlr.press/v235/silva24c.html); github.com/sthalles/MaSSL',
  card: masslCard,
  judges: 'teacher',
  options,
  requires: () => ['assignments', 'teacher'],
  temperature: o => ({ option: 'studentTemperature', value: o.studentTemperature }),
  check: checkMassl,
  create: (o): Objective => ({
    state: () => [],
    compute: (inputs, context) => ({ loss: compare(inputs, o, context), parts: {} }),
    matrices: crossEntropyMatrices,
    trivial: ({ width }) => [
      {
        name: 'every image is as near to all memories (ln blockSize)',
        loss: Math.log(Math.min(o.blockSize, width)),
        advice: ADVICE,
      },
    ],
  }),
});

const ADVICE =
  'Lower objective.teacherTemperature and optimizer.learningRate, raise teacher.momentum, and put batch norm into head.layers.';

function compare(inputs: ObjectiveInputs, o: Options, context: StepContext): Scalar {
  const [, memories] = inputs.outputs[0].shape;
  const partition = drawPartition(memories, Math.min(o.blockSize, memories), context.random);
  // One row for each image and block.
  const blocks = (logits: Tensor2D): Tensor2D => {
    const parts: Tensor3D = grouped(logits, partition);
    return tf.reshape(parts, [-1, partition.size]);
  };
  const logitsOf = targetLogits(inputs, scheduledAt(o.teacherTemperature, context));
  return againstTargets(crossPairs(inputs.outputs, sourcesOf(inputs)), {
    target: source => softmax(blocks(logitsOf(source))),
    compare: (view, target) => {
      const perBlock = kernels.softmaxCrossEntropy(blocks(tf.div(view, o.studentTemperature)), target);
      return { values: tf.mean<Tensor1D>(tf.reshape(perBlock, [view.shape[0], -1]), 1) };
    },
  }).mean;
}
