import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { solarizeFrom } from '../maths/solarize.js';
import { closed } from '../options/closed.js';
import { Probability } from '../options/probability.js';

/** Draws: whether. */
export const randomSolarize = defineComponent(slots.augmentation, {
  use: 'random-solarize',
  description: 'Inverts all values from a threshold on, with a probability.',
  source: 'torchvision RandomSolarize; arXiv 2006.07733',
  options: Type.Object(
    {
      threshold: Type.Number({ default: 0.5, description: 'Smallest value that is inverted.' }),
      probability: Probability(0.2, 'Share of the images that are changed.'),
    },
    closed,
  ),
  create: ({ threshold, probability }) => ({
    apply: (image, random) => (random.chance(probability) ? solarizeFrom(image, threshold) : image),
  }),
});
