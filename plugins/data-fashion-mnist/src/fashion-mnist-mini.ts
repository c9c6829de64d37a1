import { defineComponent, lazyDataset, slots, type ImageSet, type SplitName } from '@carl-ssl/core';
import { readIdxImages } from '@carl-ssl/data-idx';
import { fileURLToPath } from 'node:url';
import { Type } from 'typebox';
import { classNames } from './class-names.js';

export const fashionMnistMini = defineComponent(slots.dataset, {
  use: 'fashion-mnist-mini',
  description:
    'A part of Fashion-MNIST that comes with this package: 10,000 training, 2,000 validation and 2,000 test images, 28 x 28, grey.',
  source: 'https://github.com/zalandoresearch/fashion-mnist, arXiv 1708.07747',
  options: Type.Object({}, { additionalProperties: false }),
  provides: () => ['labels'],
  create: () =>
    lazyDataset(
      { train: () => read('train'), validation: () => read('validation'), test: () => read('test') },
      () => classNames.length,
    ),
});

function read(split: SplitName): Promise<ImageSet> {
  const file = (kind: string): string => fileURLToPath(new URL(`../data/${split}-${kind}.idx.gz`, import.meta.url));
  return readIdxImages({ images: file('images'), labels: file('labels'), classes: classNames.length, classNames });
}
