import { defineComponent, slots, Type } from '@carl-ssl/core';
import { flipHorizontally, flipVertically } from '../maths/flip.js';
import { closed, Probability } from '../options/schema.js';
import { reporting, withProbability } from './composition.js';

const randomOptions = Type.Object({ probability: Probability(0.5, 'Probability that an image is mirrored.') }, closed);

/** Reverses the columns: column x becomes column width - 1 - x. */
export const horizontalFlip = defineComponent(slots.augmentation, {
  use: 'horizontal-flip',
  description: 'Mirrors the image left to right.',
  options: Type.Object({}, closed),
  create: () => ({ apply: flipHorizontally }),
});

/** Random form of {@link horizontalFlip}. Draws whether to mirror. */
export const randomHorizontalFlip = defineComponent(slots.augmentation, {
  use: 'random-horizontal-flip',
  description: 'Mirrors the image left to right with a probability.',
  source: 'torchvision RandomHorizontalFlip',
  options: randomOptions,
  create: ({ probability }) => ({
    apply: withProbability(probability, reporting('horizontal flip', flipHorizontally)),
  }),
});

/** Reverses the rows: row y becomes row height - 1 - y. */
export const verticalFlip = defineComponent(slots.augmentation, {
  use: 'vertical-flip',
  description: 'Mirrors the image top to bottom.',
  options: Type.Object({}, closed),
  create: () => ({ apply: flipVertically }),
});

/** Random form of {@link verticalFlip}. Draws whether to mirror. */
export const randomVerticalFlip = defineComponent(slots.augmentation, {
  use: 'random-vertical-flip',
  description: 'Mirrors the image top to bottom with a probability.',
  source: 'torchvision RandomVerticalFlip',
  options: randomOptions,
  create: ({ probability }) => ({ apply: withProbability(probability, reporting('vertical flip', flipVertically)) }),
});
