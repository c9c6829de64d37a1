import { defineComponent, slots, Type } from '@carl-ssl/core';
import { readCifar } from './cifar-images.js';
import { CIFAR_10, CIFAR_10_CLASSES, SOURCE } from './layouts.js';
import { files } from './options.js';

export const cifar10Reader = defineComponent(slots.reader, {
  use: 'cifar10',
  description: 'Batches of CIFAR-10, binary or as Python pickles, of which nothing is executed.',
  source: SOURCE,
  options: Type.Object({ files }, { additionalProperties: false }),
  provides: () => ['labels'],
  create: options => ({
    read: () => readCifar({ files: options.files, layout: CIFAR_10, column: 'class', classNames: CIFAR_10_CLASSES }),
  }),
});
