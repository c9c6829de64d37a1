import { defineComponent, slots, Type } from '@carl-ssl/core';
import { cifarDataset } from './cifar-folder.js';
import { CIFAR_10, CIFAR_10_CLASSES, SOURCE } from './layouts.js';
import { folderOptions } from './options.js';

export const cifar10 = defineComponent(slots.dataset, {
  use: 'cifar10',
  description: 'CIFAR-10: 50,000 training and 10,000 test images of 32 x 32 pixels in 10 classes.',
  source: SOURCE,
  options: Type.Object(folderOptions, { additionalProperties: false }),
  provides: () => ['labels'],
  create: options =>
    cifarDataset({
      ...options,
      layout: CIFAR_10,
      column: 'class',
      classNames: CIFAR_10_CLASSES,
      train: [1, 2, 3, 4, 5].map(number => `data_batch_${number}`),
      test: 'test_batch',
      classes: 10,
    }),
});
