import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    deviation: Type.Number({
      minimum: 0,
      default: 0.1,
      description: 'Standard deviation of the factors of the pixels.',
    }),
  },
  { additionalProperties: false },
);

/** Multiplies every value of an image by 1 + noise, as in images of radar and ultrasound (speckle). */
export const scaleNoise = defineComponent(slots.augmentation, {
  use: 'scale-noise',
  description: 'Noise that grows with the brightness of the pixel.',
  options,
  create: ({ deviation }) => ({
    apply: (image, random) => {
      const data = image.data.map(value => Math.min(1, Math.max(0, value * (1 + deviation * random.normal()))));
      return { ...image, data };
    },
  }),
});
