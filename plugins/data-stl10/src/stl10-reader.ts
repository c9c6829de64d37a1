import { defineComponent, Path, slots, Type } from '@carl-ssl/core';
import { openStl10 } from './stl10-images.js';
import { SOURCE } from './source.js';

export const stl10Reader = defineComponent(slots.reader, {
  use: 'stl10',
  description: 'Images of the binary version of STL-10, with or without labels. Images are read from disk when needed.',
  source: SOURCE,
  options: Type.Object(
    {
      images: Path({ description: 'File of images: train_X.bin, test_X.bin or unlabeled_X.bin.' }),
      labels: Type.Optional(Path({ description: 'File of labels. Without it, the images have no labels.' })),
    },
    { additionalProperties: false },
  ),
  provides: ({ labels }) => (labels === undefined ? [] : ['labels']),
  create: options => ({ read: () => openStl10(options) }),
});
