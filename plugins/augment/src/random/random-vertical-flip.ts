import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { flipVertically } from '../maths/flip.js';
import { closed } from '../options/closed.js';
import { Probability } from '../options/probability.js';

/** Draws: whether. */
export const randomVerticalFlip = defineComponent(slots.augmentation, {
  use: 'random-vertical-flip',
  description: 'Mirrors the image with a probability: top becomes bottom.',
  source: 'torchvision RandomVerticalFlip',
  options: Type.Object({ probability: Probability(0.5, 'Share of the images that are mirrored.') }, closed),
  create: ({ probability }) => ({
    apply: (image, random) => (random.chance(probability) ? flipVertically(image) : image),
  }),
});
