import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    deviation: Type.Number({
      minimum: 0,
      default: 0.05,
      description: 'Standard deviation of the noise; pixels lie between 0 and 1.',
    }),
  },
  { additionalProperties: false },
);

/** Adds normal noise to every value of an image. */
export const templateName = defineComponent(slots.augmentation, {
  use: 'template-name',
  description: 'Normal noise on every pixel.',
  options,
  create: ({ deviation }) => ({
    apply: (image, random) => {
      const data = image.data.map(value => Math.min(1, Math.max(0, value + deviation * random.normal())));
      return { ...image, data };
    },
  }),
});
