import {
  crossPairs,
  bySegment,
  defineComponent,
  meanCrossEntropy,
  meanOf,
  Scheduled,
  scheduledAt,
  slots,
  splitSegments,
  targetsOf,
  untracked,
  type Objective,
  type ObjectiveInputs,
  type StepContext,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';
import { centerState, centered, movedCenter } from './center.js';
import { checkDino, trivialValues } from './advice.js';

/** Options of both objectives. */
export const selfDistillationOptions = Type.Object(
  {
    studentTemperature: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description:
        "The learning branch's logits are divided by it, beyond the assigner's own temperature: together 0.1 in DINO.",
    }),
    teacherTemperature: Scheduled({
      exclusiveMinimum: 0,
      default: 0.4,
      description:
        "The teacher's logits are divided by it, beyond the assigner's own temperature: together 0.04, rising to 0.07, in DINO. Not used where the assigner makes codes.",
    }),
    centerMomentum: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.9,
      description: 'Share of the old centre that is kept at a step. Not used where the assigner makes codes.',
    }),
  },
  { additionalProperties: false },
);
export type SelfDistillationOptions = Readonly<Static<typeof selfDistillationOptions>>;

/**
 * DINO's loss: cross-entropy of every view to the centred and sharpened assignment that a momentum teacher gives every
 * other global view. Logits [B, K]; the centre follows the mean of the teacher's logits.
 * @see arXiv 2104.14294, equation 1
 */
export const dino = defineComponent(slots.objective, {
  use: 'dino',
  description:
    "Self-distillation: each view predicts a momentum teacher's centred and sharpened assignment of another.",
  source: 'arXiv 2104.14294; github.com/facebookresearch/dino',
  judges: 'teacher',
  options: selfDistillationOptions,
  requires: () => ['assignments', 'teacher'],
  check: (o, facts) => checkDino('dino', o, facts),
  create: (o): Objective => ({
    state: ({ width }) => centerState(width),
    compute: (inputs, context) => {
      const losses = withCenters(inputs).map(({ one, center }) => {
        const temperature = scheduledAt(o.teacherTemperature, context);
        const targets = targetsOf(one, logits => centered(logits, center, temperature));
        const logits = one.outputs.map(view => tf.div<Tensor2D>(view, o.studentTemperature));
        return meanCrossEntropy(crossPairs(logits, targets));
      });
      return { loss: meanOf(losses), parts: {}, nextState: { center: nextCenter(inputs, o, context) } };
    },
    trivial: trivialValues,
  }),
});

/** The inputs of every segment with the segment of the centre. */
function withCenters(inputs: ObjectiveInputs): { one: ObjectiveInputs; center: Tensor1D }[] {
  const row = tf.reshape<tf.Rank.R2>(inputs.tensors.center, [1, -1]);
  const centers = splitSegments(row, inputs.segments).map(part => tf.reshape<tf.Rank.R1>(part, [-1]));
  return bySegment(inputs).map((one, s) => ({ one, center: centers[s] }));
}

/** The centre after this step, from the teacher's logits, or the views' own where there is no teacher. */
export function nextCenter(
  { outputs, targets, tensors }: Pick<ObjectiveInputs, 'outputs' | 'targets' | 'tensors'>,
  { centerMomentum: momentum }: SelfDistillationOptions,
  { collective }: StepContext,
): Tensor1D {
  const move = untracked((...rows: Tensor2D[]) =>
    movedCenter(tensors.center as Tensor1D, rows, { momentum, collective }),
  );
  return move(...(targets.length > 0 ? targets : outputs));
}
