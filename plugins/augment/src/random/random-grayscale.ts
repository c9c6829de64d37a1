import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { toGray } from '../maths/gray.js';
import { colorChannels } from '../maths/jitter.js';
import { closed } from '../options/closed.js';
import { colorlessStep } from '../options/colorless.js';
import { Probability } from '../options/probability.js';

/** Draws: whether. Channels are kept. */
export const randomGrayscale = defineComponent(slots.augmentation, {
  use: 'random-grayscale',
  description: 'Makes the image grey with a probability. Leaves images of one channel as they are.',
  source: 'torchvision RandomGrayscale',
  options: Type.Object({ probability: Probability(0.2, 'Share of the images that become grey.') }, closed),
  check: (_, facts) => colorlessStep('random-grayscale', facts),
  create: ({ probability }) => ({
    apply: (image, random) => (random.chance(probability) ? toGray(image, image.channels) : image),
    outputChannels: colorChannels,
  }),
});
