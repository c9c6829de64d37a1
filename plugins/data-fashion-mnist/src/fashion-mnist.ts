import {
  CarlError,
  datasetOf,
  defineComponent,
  lastImages,
  Path,
  slots,
  Type,
  type Dataset,
  type ImageSet,
  type Static,
} from '@carl-ssl/core';
import { readIdxImages } from '@carl-ssl/data-idx';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { classNames } from './class-names.js';

/** Number of images of each part, by its name on disk. */
const PARTS = { train: 60000, t10k: 10000 } as const;
const SIDE = 28;

const options = Type.Object(
  {
    root: Path({
      description:
        'Folder with the four files of Fashion-MNIST, with or without gzip compression; /usr/share/datasets/fashion-mnist if the Debian package dataset-fashion-mnist is installed.',
    }),
    validation: Type.Integer({
      minimum: 0,
      maximum: PARTS.train - 1,
      default: 5000,
      description: 'Number of images at the end of the training set to hold out as the validation split.',
    }),
  },
  { additionalProperties: false },
);

export const fashionMnist = defineComponent(slots.dataset, {
  use: 'fashion-mnist',
  description:
    'The complete Fashion-MNIST: 60,000 training images, of which the last ones are held out for validation, and 10,000 test images.',
  source: 'https://github.com/zalandoresearch/fashion-mnist, arXiv 1708.07747',
  options,
  provides: () => ['labels'],
  create: dataset,
});

function dataset({ root, validation }: Readonly<Static<typeof options>>): Dataset {
  const sources = { train: () => readPart(root, 'train'), test: () => readPart(root, 't10k') };
  if (validation === 0) return datasetOf(sources, { classNames });
  return datasetOf(sources, { classNames, holdout: length => lastImages(length, validation) });
}

async function readPart(root: string, part: keyof typeof PARTS): Promise<ImageSet> {
  const images = await find(root, `${part}-images-idx3-ubyte`);
  const labels = await find(root, `${part}-labels-idx1-ubyte`);
  const set = await readIdxImages({ images, labels, classes: classNames.length, classNames });
  if (set.length === PARTS[part] && set.size?.every(side => side === SIDE)) return set;
  throw new CarlError(
    'INPUT_DATA',
    `${images} has ${set.length} images of ${set.size?.join(' x ')} pixels; Fashion-MNIST has ${PARTS[part]} of ${SIDE} x ${SIDE}. For other data of this format, use the dataset \`idx\`.`,
  );
}

async function find(root: string, name: string): Promise<string> {
  for (const file of [name, `${name}.gz`]) {
    const path = join(root, file);
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new CarlError(
    'INPUT_FILE',
    `There is neither ${name} nor ${name}.gz in ${root}. Install the Debian package dataset-fashion-mnist and set \`root\` to /usr/share/datasets/fashion-mnist, or download the folder data/fashion of https://github.com/zalandoresearch/fashion-mnist. A small part needs no files: \`use: fashion-mnist-mini\`.`,
  );
}
