import {
  defineComponent,
  drawHoldout,
  HoldoutAmount,
  holdOut,
  lazyDataset,
  once,
  Path,
  slots,
  type Dataset,
  type Finding,
  type ImageSet,
} from '@carl-ssl/core';
import { Type, type Static } from 'typebox';
import { readIdxImages } from './idx-images.js';

const files = (description: string) =>
  Type.Object(
    {
      images: Path({ description: 'File of images.' }),
      labels: Type.Optional(Path({ description: 'File of labels; leave it out for unlabelled images.' })),
    },
    { additionalProperties: false, description },
  );

const options = Type.Object(
  {
    train: files('Training images.'),
    validation: Type.Optional(files('Images that choices are made by.')),
    test: Type.Optional(files('Images that are only reported on.')),
    holdout: Type.Optional(
      HoldoutAmount({
        description:
          'Training images used for validation instead: a share below 1, or a number. Drawn at random, always the same.',
      }),
    ),
    classes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 256, description: 'Number of classes; labels must be below it.' }),
    ),
    classNames: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        maxItems: 256,
        uniqueItems: true,
        description: 'Names of the classes, from label 0.',
      }),
    ),
  },
  { additionalProperties: false },
);

type Options = Static<typeof options>;

export const idx = defineComponent(slots.dataset, {
  use: 'idx',
  description: 'Grey images of one size in IDX files, the format of MNIST and its relatives, packed with gzip or not.',
  source: 'http://yann.lecun.com/exdb/mnist/',
  options,
  provides: ({ train, validation, test }) =>
    [train, validation, test].every(split => split === undefined || split.labels !== undefined) ? ['labels'] : [],
  check: findings,
  create: dataset,
});

function findings({ validation, holdout, classes, classNames }: Options): Finding[] {
  const found: Finding[] = [];
  const refuse = (code: string, path: string, message: string): unknown =>
    found.push({ severity: 'error', code, path, message });
  if (validation && holdout !== undefined)
    refuse(
      'IDX_TWO_VALIDATIONS',
      'holdout',
      'There are validation files already; leave out `holdout` or `validation`.',
    );
  if (classes !== undefined && classNames && classes !== classNames.length)
    refuse(
      'IDX_CLASSES_DIFFER',
      'classNames',
      `${classNames.length} names for ${classes} classes; leave out \`classes\` or correct it.`,
    );
  return found;
}

function dataset({
  train,
  validation,
  test,
  holdout,
  classNames,
  classes = classNames?.length,
}: Readonly<Options>): Dataset {
  let largest: number | undefined;
  const read = (split: Options['train']) => async (): Promise<ImageSet> => {
    const images = await readIdxImages({ ...split, classes, classNames });
    if (images.labels) largest = images.labels.reduce((a, b) => Math.max(a, b), largest ?? 0);
    return images;
  };
  const parts = once(async () => {
    const images = await read(train)();
    return holdout === undefined
      ? { rest: images, held: undefined }
      : holdOut(images, drawHoldout(images.length, holdout));
  });
  return lazyDataset(
    {
      train: async () => (await parts()).rest,
      validation: validation ? read(validation) : async () => (await parts()).held,
      test: test && read(test),
    },
    () => (train.labels === undefined ? undefined : (classes ?? (largest === undefined ? undefined : largest + 1))),
  );
}
