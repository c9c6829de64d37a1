import { defineComponent, slots, Type } from '@carl-ssl/core';
import { solarizeFrom } from '../maths/solarize.js';
import { closed, Probability } from '../options/schema.js';
import { withProbability } from './composition.js';

const thresholdOption = Type.Number({ default: 0.5, description: 'Smallest value that is inverted.' });

/** Inversion of light values: x >= threshold becomes 1 - x. */
export const solarize = defineComponent(slots.augmentation, {
  use: 'solarize',
  description: 'Inverts all values at or above a threshold.',
  options: Type.Object({ threshold: thresholdOption }, closed),
  create: ({ threshold }) => ({ apply: image => solarizeFrom(image, threshold) }),
});

/** Random form of {@link solarize}. Draws whether to solarize. */
export const randomSolarize = defineComponent(slots.augmentation, {
  use: 'random-solarize',
  description: 'Inverts all values at or above a threshold, with a probability.',
  source: 'torchvision RandomSolarize; arXiv 2006.07733',
  options: Type.Object(
    { threshold: thresholdOption, probability: Probability(0.2, 'Probability that an image is solarized.') },
    closed,
  ),
  create: ({ threshold, probability }) => ({
    apply: withProbability(probability, (image, _, drawn) => {
      drawn?.('solarize', { threshold });
      return solarizeFrom(image, threshold);
    }),
  }),
});
