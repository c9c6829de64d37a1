import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { flipHorizontally } from '../maths/flip.js';
import { closed } from '../options/closed.js';
import { Probability } from '../options/probability.js';

/** Draws: whether. */
export const randomHorizontalFlip = defineComponent(slots.augmentation, {
  use: 'random-horizontal-flip',
  description: 'Mirrors the image with a probability: left becomes right.',
  source: 'torchvision RandomHorizontalFlip',
  options: Type.Object({ probability: Probability(0.5, 'Share of the images that are mirrored.') }, closed),
  create: ({ probability }) => ({
    apply: (image, random) => (random.chance(probability) ? flipHorizontally(image) : image),
  }),
});
