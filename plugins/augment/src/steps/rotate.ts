import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { rotateImage } from '../maths/rotate.js';
import { closed } from '../options/closed.js';
import { rotationInterpolation } from '../options/rotation.js';

/** A turn about the centre on the same canvas. */
export const rotate = defineComponent(slots.augmentation, {
  use: 'rotate',
  description: 'Turns the image about its centre; what comes from outside is 0.',
  source: 'torchvision rotate',
  options: Type.Object(
    { angle: Type.Number({ description: 'Degrees, counter-clockwise.' }), interpolation: rotationInterpolation },
    closed,
  ),
  create: rotation => ({ apply: image => rotateImage(image, rotation) }),
});
