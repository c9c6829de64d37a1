import { defineComponent, Path, slots, Type } from '@carl-ssl/core';
import { readIdxImages } from './idx-images.js';

export const idxReader = defineComponent(slots.reader, {
  use: 'idx',
  description:
    'Greyscale images and labels in IDX files, the format of MNIST and similar datasets, with or without gzip compression.',
  source: 'http://yann.lecun.com/exdb/mnist/',
  options: Type.Object(
    {
      images: Path({ description: 'File of images.' }),
      labels: Type.Optional(Path({ description: 'File of labels. Without it, the images have no labels.' })),
      classes: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 256, description: 'Number of classes; labels must be below it.' }),
      ),
    },
    { additionalProperties: false },
  ),
  provides: ({ labels }) => (labels === undefined ? [] : ['labels']),
  create: options => ({ read: () => readIdxImages(options) }),
});
