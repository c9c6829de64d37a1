import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { solarizeFrom } from '../maths/solarize.js';
import { closed } from '../options/closed.js';

/** x >= threshold becomes 1 - x. */
export const solarize = defineComponent(slots.augmentation, {
  use: 'solarize',
  description: 'Inverts all values from a threshold on.',
  options: Type.Object(
    { threshold: Type.Number({ default: 0.5, description: 'Smallest value that is inverted.' }) },
    closed,
  ),
  create: ({ threshold }) => ({ apply: image => solarizeFrom(image, threshold) }),
});
