import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { fitsChannels, normalizeChannels } from '../maths/normalize.js';
import { closed } from '../options/closed.js';

/** (x - mean) / std of every channel. */
export const normalize = defineComponent(slots.augmentation, {
  use: 'normalize',
  description: 'Subtracts a mean and divides by a standard deviation, channel by channel.',
  options: Type.Object(
    {
      mean: Type.Array(Type.Number(), { minItems: 1, description: 'One number, or one a channel.' }),
      std: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
        minItems: 1,
        description: 'One number, or one a channel.',
      }),
    },
    closed,
  ),
  create: statistics => ({
    apply: image => normalizeChannels(image, statistics),
    outputChannels: channels => (fitsChannels(statistics, channels) ? channels : undefined),
  }),
});
