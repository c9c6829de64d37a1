import { defineComponent, floatImage, slots, type Augmenter, type Image, type StoredImage } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    size: Type.Integer({ minimum: 1, default: 28, description: 'Height and width of the views.' }),
    noise: Type.Number({ minimum: 0, default: 0.1, description: 'Standard deviation of the noise on every pixel.' }),
  },
  { additionalProperties: false },
);

/** Two views of an image: one half of them mirrored, with noise. */
export const templateName = defineComponent(slots.augmenter, {
  use: 'template-name',
  description: 'Two views, mirrored at random and with noise.',
  options,
  create: ({ size, noise }): Augmenter => ({
    views: [
      { kind: 'global', height: size, width: size },
      { kind: 'global', height: size, width: size },
    ],
    outputChannels: channels => channels,
    augment: (image, randoms) =>
      randoms.map(random => {
        const resized = resize(image, size, random.uniform() < 0.5);
        return { ...resized, data: resized.data.map(value => value + noise * random.normal()) };
      }),
    plain: image => resize(image, size, false),
  }),
});

/** Nearest pixels at another size, from right to left if `isMirrored`. */
function resize(stored: StoredImage, size: number, isMirrored: boolean): Image {
  const { height, width, channels, data } = floatImage(stored);
  const result = new Float32Array(size * size * channels);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const column = Math.floor(((isMirrored ? size - 1 - x : x) * width) / size);
      const from = (Math.floor((y * height) / size) * width + column) * channels;
      result.set(data.subarray(from, from + channels), (y * size + x) * channels);
    }
  return { height: size, width: size, channels, data: result };
}
