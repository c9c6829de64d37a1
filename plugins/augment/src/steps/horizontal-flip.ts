import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { flipHorizontally } from '../maths/flip.js';
import { closed } from '../options/closed.js';

/** Left becomes right. */
export const horizontalFlip = defineComponent(slots.augmentation, {
  use: 'horizontal-flip',
  description: 'Mirrors the image: left becomes right.',
  options: Type.Object({}, closed),
  create: () => ({ apply: flipHorizontally }),
});
