import { defineComponent, slots, type Teacher } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import { Type, type Static } from 'typebox';
import { cosineAt } from './cosine-curve.js';
import { convention } from './schedule-options.js';
import { updateTogether } from './update.js';

const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const options = Type.Object(
  {
    momentum: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.996,
      description: "Share of the teacher's weights that is kept at the first step.",
    }),
    endMomentum: Type.Optional(share('Share at the end, reached along a cosine; without it the share never changes.')),
    convention,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** The momentum encoder: target = m target + (1 - m) online for every parameter. */
export const movingAverage = defineComponent(slots.teacher, {
  use: 'moving-average',
  description: 'A teacher whose weights are a moving average of those that are trained.',
  source: 'arXiv 1911.05722 (MoCo), 2006.07733 (BYOL)',
  options,
  provides: () => ['teacher'],
  create: createTeacher,
});

function createTeacher({ momentum: start, endMomentum: end = start, convention }: Options): Teacher {
  return {
    momentum: (step, steps) => cosineAt(Math.min(step, steps - 1), { start, end, steps, convention }),
    follow: (targets, online, momentum) => {
      const pairs = targets.map((value, index) => ({
        name: '',
        value,
        gradient: online[index],
        slots: {},
        updates: 0,
      }));
      updateTogether(pairs, ({ value, gradient: student }) => ({
        value: tf.add(tf.mul(value, momentum), tf.mul(student, 1 - momentum)),
        slots: {},
      }));
    },
  };
}
