import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { colorChannels, jitterColors } from '../maths/jitter.js';
import { closed } from '../options/closed.js';
import { colorlessStep } from '../options/colorless.js';

/** The hue of HSV, turned. */
export const hue = defineComponent(slots.augmentation, {
  use: 'hue',
  description: 'Turns every colour on the colour circle. Leaves images of one channel as they are.',
  options: Type.Object(
    {
      shift: Type.Number({
        minimum: -0.5,
        maximum: 0.5,
        description: 'Share of the circle: 0 changes nothing, 0.5 gives complements.',
      }),
    },
    closed,
  ),
  check: (_, facts) => colorlessStep('hue', facts),
  create: ({ shift }) => ({
    apply: image => jitterColors(image, ['hue'], { hue: shift }),
    outputChannels: colorChannels,
  }),
});
