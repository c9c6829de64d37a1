import { defineComponent, Path, slots, Type } from '@carl-ssl/core';
import { readNpz } from './npz-images.js';
import { limitOptions } from './options.js';

export const npzReader = defineComponent(slots.reader, {
  use: 'npz',
  description:
    'Images and labels in an archive of NumPy arrays (.npz). Images are [N, H, W] or [N, H, W, C] of 8-bit or 16-bit integers or floats.',
  source: 'https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html',
  options: Type.Object(
    {
      file: Path({ description: 'The archive.' }),
      images: Type.String({ minLength: 1, default: 'images', description: 'Name of the array of images.' }),
      labels: Type.Optional(
        Type.String({
          minLength: 1,
          description: 'Name of the array of labels. Without it, the images have no labels.',
        }),
      ),
      classes: Type.Optional(Type.Integer({ minimum: 1, description: 'Number of classes; labels must be below it.' })),
      range: Type.Optional(
        Type.Array(Type.Number(), {
          minItems: 2,
          maxItems: 2,
          description:
            'Values of black and white, which become 0 and 1. By default 0 and 255 for 8-bit integers, 0 and 65535 for 16-bit integers, 0 and 1 for floats. Values outside are an error.',
        }),
      ),
      ...limitOptions,
    },
    { additionalProperties: false },
  ),
  provides: ({ labels }) => (labels === undefined ? [] : ['labels']),
  refuse: ({ range }) =>
    range && !(range[0] < range[1] && Number.isFinite(Math.fround(range[1] - range[0])))
      ? [
          {
            code: 'NPZ_RANGE',
            path: 'range',
            message: `[${range.join(', ')}] is not a range; the first value must be below the second, and their difference a number of 32 bits.`,
          },
        ]
      : [],
  create: options => ({ read: () => readNpz(options) }),
});
