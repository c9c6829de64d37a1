import {
  defineComponent,
  kernels,
  Scheduled,
  scheduledAt,
  slots,
  tf,
  Type,
  type Finding,
  type Refusal,
  type Static,
  type Teacher,
} from '@carl-ssl/core';
import { cosineAt } from './cosine-curve.js';
import { convention } from './schedule-options.js';
import { assignAll } from './update.js';

const options = Type.Object(
  {
    momentum: Scheduled({
      minimum: 0,
      maximum: 1,
      default: 0.996,
      description:
        "The fraction of the teacher's weights that is kept at a step. With `endMomentum`, the fraction at the first step. In MSN, { from: 0.996, to: 1, over: 1.25 }.",
    }),
    endMomentum: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'Momentum at the end of training, reached along a cosine. Without it, `momentum` is constant or changes as it says.',
      }),
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
  refuse,
  check,
  create: createTeacher,
});

function refuse({ momentum, endMomentum }: Options): readonly Refusal[] {
  if (typeof momentum === 'number' || endMomentum === undefined) return [];
  const message =
    '`momentum` with `from` and `to` already has a final value. Remove `endMomentum`, or write one number for `momentum`.';
  return [{ code: 'TEACHER_MOMENTUM_TWICE', path: 'endMomentum', message }];
}

function check({ momentum, endMomentum }: Options): Finding[] {
  const found = (code: string, message: string): Finding[] => [
    { severity: 'warning', code, path: 'momentum', message },
  ];
  const first = typeof momentum === 'number' ? momentum : momentum.from;
  const last = typeof momentum === 'number' ? (endMomentum ?? momentum) : momentum.to;
  if (first === 1 && last === 1)
    return found(
      'TEACHER_STILL',
      'a momentum of 1 from start to end leaves the teacher as it was drawn, and what it says stays random (arXiv 2006.07733, table 5). Usual: 0.99 to 0.999.',
    );
  if (first >= 0.9) return [];
  return found(
    'TEACHER_FAST',
    `a teacher that keeps ${first} of its weights a step moves with what follows it: accuracy falls below 0.99, and at 0 training fails (arXiv 1911.05722, section 4.1; 2006.07733, table 5). Usual: 0.99 to 0.999.`,
  );
}

function createTeacher({ momentum, endMomentum, convention, update }: Options): Teacher {
  return {
    updatesBeforeStep: update === 'before-step',
    momentum: (number, steps) => {
      const step = Math.min(number, steps - 1);
      if (typeof momentum !== 'number') return scheduledAt(momentum, { step, steps });
      return cosineAt(step, { start: momentum, end: endMomentum ?? momentum, steps, convention });
    },
    update: (targets, online, kept) => {
      const moved = kernels.weightedSums([
        { factor: kept, tensors: targets },
        { factor: 1 - kept, tensors: online },
      ]);
      assignAll(targets, moved);
      tf.dispose(moved);
    },
  };
}
