import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { flipVertically } from '../maths/flip.js';
import { closed } from '../options/closed.js';

/** Top becomes bottom. */
export const verticalFlip = defineComponent(slots.augmentation, {
  use: 'vertical-flip',
  description: 'Mirrors the image: top becomes bottom.',
  options: Type.Object({}, closed),
  create: () => ({ apply: flipVertically }),
});
