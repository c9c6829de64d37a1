import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { jitterColors } from '../maths/jitter.js';
import { closed } from '../options/closed.js';

/** clamp01(f x + (1 - f) m), m the mean of grey over the image. */
export const contrast = defineComponent(slots.augmentation, {
  use: 'contrast',
  description: 'Moves all values away from the mean grey of the image, or towards it.',
  options: Type.Object(
    { factor: Type.Number({ minimum: 0, description: '1 changes nothing, 0 leaves one grey.' }) },
    closed,
  ),
  create: ({ factor }) => ({ apply: image => jitterColors(image, ['contrast'], { contrast: factor }) }),
});
