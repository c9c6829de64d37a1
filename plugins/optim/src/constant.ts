import { defineComponent, slots, Type } from '@carl-ssl/core';
import { given } from './schedule-options.js';

const options = Type.Object(
  { value: Type.Optional(Type.Number({ description: "The value; by default the optimizer's learning rate." })) },
  { additionalProperties: false },
);

export const constant = defineComponent(slots.schedule, {
  use: 'constant',
  description: 'A constant value.',
  options,
  create: ({ value }) => ({ value: (_step, defaults) => given(value, 'startValue', defaults) }),
});
