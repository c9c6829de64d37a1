import { datasetOf, defineComponent, slots, Type, type ReadSplit, type SplitName } from '@carl-ssl/core';
import { readIdxImages } from '@carl-ssl/data-idx';
import { fileURLToPath } from 'node:url';
import { classNames } from './class-names.js';

export const fashionMnistMini = defineComponent(slots.dataset, {
  use: 'fashion-mnist-mini',
  description:
    'A subset of Fashion-MNIST included in this package: 10,000 training, 2,000 validation and 2,000 test images, 28 x 28, greyscale.',
  source: 'https://github.com/zalandoresearch/fashion-mnist, arXiv 1708.07747',
  options: Type.Object({}, { additionalProperties: false }),
  provides: () => ['labels'],
  create: () =>
    datasetOf({ train: source('train'), validation: source('validation'), test: source('test') }, { classNames }),
});

function source(split: SplitName): ReadSplit {
  const file = (kind: string): string => fileURLToPath(new URL(`../data/${split}-${kind}.idx.gz`, import.meta.url));
  const [images, labels] = [file('images'), file('labels')];
  return () => readIdxImages({ images, labels, classes: classNames.length, classNames });
}
