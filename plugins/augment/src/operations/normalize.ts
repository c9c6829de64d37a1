import { defineComponent, slots, Type } from '@carl-ssl/core';
import { fitsChannels, normalizeChannels } from '../maths/normalize.js';
import { levelFindings } from '../options/channels.js';
import { closed } from '../options/schema.js';

/** Normalisation of every channel: (x - mean) / std. */
export const normalize = defineComponent(slots.augmentation, {
  use: 'normalize',
  description: 'Subtracts the mean of every channel and divides by its standard deviation.',
  options: Type.Object(
    {
      mean: Type.Array(Type.Number(), {
        minItems: 1,
        description: 'Mean: one number for all channels, or one per channel.',
      }),
      std: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
        minItems: 1,
        description: 'Standard deviation: one number for all channels, or one per channel.',
      }),
    },
    closed,
  ),
  check: statistics => levelFindings(statistics),
  create: statistics => ({
    apply: image => normalizeChannels(image, statistics),
    outputChannels: channels => (fitsChannels(statistics, channels) ? channels : undefined),
  }),
});
