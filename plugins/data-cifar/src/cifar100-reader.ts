import { defineComponent, slots, Type } from '@carl-ssl/core';
import { readCifar } from './cifar-images.js';
import { CIFAR_100, SOURCE } from './layouts.js';
import { files, labels } from './options.js';

export const cifar100Reader = defineComponent(slots.reader, {
  use: 'cifar100',
  description: 'Batches of CIFAR-100, binary or as Python pickles, of which nothing is executed.',
  source: SOURCE,
  options: Type.Object({ files, labels }, { additionalProperties: false }),
  provides: () => ['labels'],
  create: options => ({
    read: () => readCifar({ files: options.files, layout: CIFAR_100, column: options.labels }),
  }),
});
