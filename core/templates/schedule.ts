import { defineComponent, slots, type Schedule } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    power: Type.Number({
      minimum: 0,
      default: 2,
      description: '1 falls in a line, larger values fall faster at first.',
    }),
  },
  { additionalProperties: false },
);

/** The learning rate times (1 - share of the steps done) to a power. */
export const templateName = defineComponent(slots.schedule, {
  use: 'template-name',
  description: 'Falls to zero by a power of the remaining share of the training.',
  options,
  create: ({ power }): Schedule => ({
    value: (step, training) => {
      const { startValue, steps } = training ?? { startValue: 1, steps: 1 };
      const done = Math.min(step, steps - 1) / steps;
      return startValue * (1 - done) ** power;
    },
  }),
});
