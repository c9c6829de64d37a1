import { defineComponent, slots } from '@carl-ssl/core';
import type { Facts, Finding } from '@carl-ssl/core';
import { Type } from 'typebox';
import { toGray } from '../maths/gray.js';
import { colorChannels } from '../maths/jitter.js';
import { closed } from '../options/closed.js';
import { colorlessStep } from '../options/colorless.js';

/** 0.2989 R + 0.587 G + 0.114 B. */
export const grayscale = defineComponent(slots.augmentation, {
  use: 'grayscale',
  description: 'Makes the image grey.',
  source: 'ITU-R 601-2',
  options: Type.Object(
    {
      channels: Type.Union([Type.Literal(1), Type.Literal(3)], {
        default: 3,
        description:
          'Channels of the result: one, or three equal ones. Three also turn an image of one channel into one of three.',
      }),
    },
    closed,
  ),
  check: ({ channels }, facts) => findings(channels, facts),
  create: ({ channels }) => ({
    apply: image => toGray(image, channels),
    outputChannels: input => (colorChannels(input) === undefined ? undefined : channels),
  }),
});

function findings(channels: number, facts: Facts): readonly Finding[] {
  return channels === 1 ? colorlessStep('grayscale', facts) : [];
}
