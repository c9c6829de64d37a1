import { defineComponent, slots, Type } from '@carl-ssl/core';
import { cosineAt } from './cosine-curve.js';
import { convention, given, startValue, steps } from './schedule-options.js';

const options = Type.Object(
  { steps, startValue, endValue: Type.Number({ default: 0, description: 'Value at the end.' }), convention },
  { additionalProperties: false },
);

/** Half a cosine wave from start to end value. */
export const cosine = defineComponent(slots.schedule, {
  use: 'cosine',
  description: 'Cosine decay (or increase) to the end value.',
  source: 'arXiv 1608.03983',
  options,
  create: ({ steps, startValue, endValue, convention }) => ({
    value: (step, defaults) => {
      const total = given(steps, 'steps', defaults);
      const start = given(startValue, 'startValue', defaults);
      return cosineAt(Math.min(step, total - 1), { start, end: endValue, steps: total, convention });
    },
  }),
});
