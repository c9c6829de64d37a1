import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { jitterColors } from '../maths/jitter.js';
import { closed } from '../options/closed.js';

/** clamp01(f x). */
export const brightness = defineComponent(slots.augmentation, {
  use: 'brightness',
  description: 'Multiplies all values by a factor and clamps them to [0, 1].',
  options: Type.Object(
    { factor: Type.Number({ minimum: 0, description: '1 changes nothing, 0 makes the image black.' }) },
    closed,
  ),
  create: ({ factor }) => ({ apply: image => jitterColors(image, ['brightness'], { brightness: factor }) }),
});
