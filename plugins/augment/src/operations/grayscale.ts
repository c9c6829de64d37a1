import { defineComponent, slots, Type } from '@carl-ssl/core';
import { colorChannels, toGray } from '../maths/gray.js';
import { colorlessStep } from '../options/channels.js';
import { closed, Probability } from '../options/schema.js';
import { withProbability } from './composition.js';

/** Conversion to grey, 0.2989 R + 0.587 G + 0.114 B, in one or three channels. */
export const grayscale = defineComponent(slots.augmentation, {
  use: 'grayscale',
  description: 'Converts the image to grey.',
  source: 'ITU-R 601-2',
  options: Type.Object(
    {
      channels: Type.Union([Type.Literal(1), Type.Literal(3)], {
        default: 3,
        description:
          'Channels of the result: one, or three equal ones. Three also turns a single-channel image into one of three channels.',
      }),
    },
    closed,
  ),
  check: ({ channels }, facts) => (channels === 1 ? colorlessStep('grayscale', facts) : []),
  create: ({ channels }) => ({
    apply: image => toGray(image, channels),
    outputChannels: input => (colorChannels(input) === undefined ? undefined : channels),
  }),
});

/** Random form of {@link grayscale} that keeps the number of channels. Draws whether to convert. */
export const randomGrayscale = defineComponent(slots.augmentation, {
  use: 'random-grayscale',
  description:
    'Converts the image to grey with a probability; the number of channels stays. Leaves single-channel images unchanged.',
  source: 'torchvision RandomGrayscale',
  options: Type.Object({ probability: Probability(0.2, 'Probability that an image is converted to grey.') }, closed),
  check: (_, facts) => colorlessStep('random-grayscale', facts),
  create: ({ probability }) => ({
    apply: withProbability(probability, (image, _, drawn) => {
      if (image.channels > 1) drawn?.('grey', {});
      return toGray(image, image.channels);
    }),
    outputChannels: colorChannels,
  }),
});
