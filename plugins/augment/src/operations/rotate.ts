import { defineComponent, slots, Type } from '@carl-ssl/core';
import { rotateImage } from '../maths/rotate.js';
import { closed, Probability } from '../options/schema.js';
import { withProbability } from './composition.js';

const interpolationOption = Type.Union([Type.Literal('nearest'), Type.Literal('bilinear')], {
  default: 'bilinear',
  description:
    'Interpolation between pixels. Rotations by 180 degrees, and by 90 degrees for square images, need none.',
});

/** Rotation by a fixed angle. */
export const rotate = defineComponent(slots.augmentation, {
  use: 'rotate',
  description: 'Rotates the image about its centre on a canvas of the same size; areas outside the image become 0.',
  source: 'torchvision rotate',
  options: Type.Object(
    {
      angle: Type.Number({ description: 'Rotation angle in degrees, counter-clockwise.' }),
      interpolation: interpolationOption,
    },
    closed,
  ),
  create: rotation => ({ apply: image => rotateImage(image, rotation) }),
});

/** Random form of {@link rotate}. Draws whether to rotate, then the angle. */
export const randomRotate = defineComponent(slots.augmentation, {
  use: 'random-rotate',
  description:
    'Rotates the image about its centre by a random angle, with a probability; areas outside the image become 0.',
  source: 'torchvision RandomRotation',
  options: Type.Object(
    {
      degrees: Type.Number({
        minimum: 0,
        maximum: 180,
        description: 'Largest angle d in degrees; the angle is drawn uniformly from [-d, d].',
      }),
      interpolation: interpolationOption,
      probability: Probability(1, 'Probability that an image is rotated.'),
    },
    closed,
  ),
  create: ({ degrees, interpolation, probability }) => ({
    apply: withProbability(probability, (image, random, drawn) => {
      const angle = random.range(-degrees, degrees);
      drawn?.('rotate', { degrees: angle });
      return rotateImage(image, { angle, interpolation });
    }),
  }),
});
