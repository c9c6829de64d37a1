import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { rotateImage } from '../maths/rotate.js';
import { closed } from '../options/closed.js';
import { Probability } from '../options/probability.js';
import { rotationInterpolation } from '../options/rotation.js';

/** Draws: whether; then the angle. */
export const randomRotate = defineComponent(slots.augmentation, {
  use: 'random-rotate',
  description: 'Turns the image about its centre by a random angle with a probability; what comes from outside is 0.',
  source: 'torchvision RandomRotation',
  options: Type.Object(
    {
      degrees: Type.Number({ minimum: 0, maximum: 180, description: 'The angle is drawn from [-this, this].' }),
      interpolation: rotationInterpolation,
      probability: Probability(1, 'Share of the images that are turned.'),
    },
    closed,
  ),
  create: ({ degrees, interpolation, probability }) => ({
    apply: (image, random) =>
      random.chance(probability)
        ? rotateImage(image, { angle: random.range(-degrees, degrees), interpolation })
        : image,
  }),
});
