import {
  datasetOf,
  defineComponent,
  Path,
  slots,
  splitFindings,
  SplitOptions,
  splitRules,
  Type,
  type Dataset,
  type ReadSplit,
  type Static,
} from '@carl-ssl/core';
import { readIdxImages } from './idx-images.js';

const files = (description: string) =>
  Type.Object(
    {
      images: Path({ description: 'File of images.' }),
      labels: Type.Optional(Path({ description: 'File of labels. Without it, the images have no labels.' })),
    },
    { additionalProperties: false, description },
  );

const options = Type.Object(
  {
    train: files('Training images.'),
    validation: Type.Optional(files('Images for model selection.')),
    test: Type.Optional(files('Images for reporting results only.')),
    ...SplitOptions(256),
  },
  { additionalProperties: false },
);

type Options = Readonly<Static<typeof options>>;

/** Short form of the dataset `files` with the reader `idx` for every split. */
export const idx = defineComponent(slots.dataset, {
  use: 'idx',
  description:
    'Greyscale images of one size in IDX files, the format of MNIST and similar datasets, with or without gzip compression.',
  source: 'http://yann.lecun.com/exdb/mnist/',
  options,
  provides: ({ train, validation, test }) =>
    [train, validation, test].every(split => split === undefined || split.labels !== undefined) ? ['labels'] : [],
  check: options => splitFindings('IDX', options),
  create: dataset,
});

function dataset({ train, validation, test, ...settings }: Options): Dataset {
  const { classNames, classes = classNames?.length } = settings;
  const source =
    (split: Options['train']): ReadSplit =>
    () =>
      readIdxImages({ ...split, classes, classNames });
  const sources = {
    train: source(train),
    ...(validation && { validation: source(validation) }),
    ...(test && { test: source(test) }),
  };
  return datasetOf(sources, { ...splitRules(settings), labelled: train.labels !== undefined });
}
