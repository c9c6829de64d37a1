import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { colorChannels, jitterColors } from '../maths/jitter.js';
import { closed } from '../options/closed.js';
import { colorlessStep } from '../options/colorless.js';

/** clamp01(f x + (1 - f) grey). */
export const saturation = defineComponent(slots.augmentation, {
  use: 'saturation',
  description: 'Moves every pixel away from its grey, or towards it. Leaves images of one channel as they are.',
  options: Type.Object(
    { factor: Type.Number({ minimum: 0, description: '1 changes nothing, 0 leaves grey.' }) },
    closed,
  ),
  check: (_, facts) => colorlessStep('saturation', facts),
  create: ({ factor }) => ({
    apply: image => jitterColors(image, ['saturation'], { saturation: factor }),
    outputChannels: colorChannels,
  }),
});
