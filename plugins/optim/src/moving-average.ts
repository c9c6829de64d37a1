import { defineComponent, kernels, slots, type Finding, type Teacher } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';
import { cosineAt } from './cosine-curve.js';
import { convention } from './schedule-options.js';
import { assignAll } from './update.js';

const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const options = Type.Object(
  {
    momentum: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.996,
      description: "Momentum at the first step: the fraction of the teacher's weights that is kept.",
    }),
    endMomentum: Type.Optional(
      share('Momentum at the end of training, reached along a cosine; without it, the momentum is constant.'),
    ),
    convention,
    update: Type.Union([Type.Literal('after-step'), Type.Literal('before-step')], {
      default: 'after-step',
      description:
        "When the teacher is updated at a training step. after-step: with the student's new weights. before-step: with the weights from before the optimizer step, as in CARP.",
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** The momentum encoder: target = m target + (1 - m) online for every parameter. */
export const movingAverage = defineComponent(slots.teacher, {
  use: 'moving-average',
  knownAs: ['EMA', 'momentum encoder', 'mean teacher'],
  description: "A teacher whose weights are an exponential moving average of the student's.",
  source: 'arXiv 1911.05722 (MoCo), 2006.07733 (BYOL)',
  options,
  provides: () => ['teacher'],
  check,
  create: createTeacher,
});

function check({ momentum, endMomentum = momentum }: Options): Finding[] {
  const found = (code: string, message: string): Finding[] => [
    { severity: 'warning', code, path: 'momentum', message },
  ];
  if (momentum === 1 && endMomentum === 1)
    return found(
      'TEACHER_STILL',
      'a momentum of 1 from start to end leaves the teacher as it was drawn, and what it says stays random (arXiv 2006.07733, table 5). Usual: 0.99 to 0.999.',
    );
  if (momentum >= 0.9) return [];
  return found(
    'TEACHER_FAST',
    `a teacher that keeps ${momentum} of its weights a step moves with what follows it: accuracy falls below 0.99, and at 0 training fails (arXiv 1911.05722, section 4.1; 2006.07733, table 5). Usual: 0.99 to 0.999.`,
  );
}

function createTeacher({ momentum: start, endMomentum: end = start, convention, update }: Options): Teacher {
  return {
    updatesBeforeStep: update === 'before-step',
    momentum: (step, steps) => cosineAt(Math.min(step, steps - 1), { start, end, steps, convention }),
    update: (targets, online, momentum) => {
      const moved = kernels.weightedSums([
        { factor: momentum, tensors: targets },
        { factor: 1 - momentum, tensors: online },
      ]);
      assignAll(targets, moved);
      tf.dispose(moved);
    },
  };
}
