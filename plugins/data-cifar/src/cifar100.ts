import { defineComponent, slots, Type } from '@carl-ssl/core';
import { cifarDataset } from './cifar-folder.js';
import { CIFAR_100, SOURCE } from './layouts.js';
import { folderOptions, labels } from './options.js';

export const cifar100 = defineComponent(slots.dataset, {
  use: 'cifar100',
  description: 'CIFAR-100: 50,000 training and 10,000 test images of 32 x 32 pixels in 100 classes or 20 superclasses.',
  source: SOURCE,
  options: Type.Object({ ...folderOptions, labels }, { additionalProperties: false }),
  provides: () => ['labels'],
  create: ({ labels: column, ...options }) =>
    cifarDataset({
      ...options,
      column,
      layout: CIFAR_100,
      train: ['train'],
      test: 'test',
      classes: column === 'fine' ? 100 : 20,
    }),
});
