import {
  datasetOf,
  defineComponent,
  error,
  once,
  Path,
  slots,
  Type,
  type Dataset,
  type Finding,
  type ReadSplit,
  type SplitName,
  type Static,
} from '@carl-ssl/core';
import { folderOptions, imagesOf, listFiles, suffixFindings } from './folder-options.js';
import { partition } from './hashed-splits.js';
import { cacheLimit } from './image-cache.js';
import { splitFolders } from './split-folders.js';

const share = (split: string, value: number) =>
  Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: value,
    description: `Fraction of the images for the ${split} split, chosen by a hash of their paths. Has no effect if there is a folder for this split.`,
  });

const options = Type.Object(
  {
    root: Path({
      description:
        'Folder of images, with any subfolders; or folder of split folders: train or training; validation, valid, val or dev; test or testing.',
    }),
    validation: share('validation', 0.1),
    test: share('test', 0),
    ...folderOptions,
  },
  { additionalProperties: false },
);

type Options = Readonly<Static<typeof options>>;

export const imageFolder = defineComponent(slots.dataset, {
  use: 'image-folder',
  description: 'A folder of your own images (JPEG, PNG, WebP, TIFF, GIF, AVIF), labelled by folder or not at all.',
  options,
  provides: ({ labels }) => (labels === 'folders' ? ['labels'] : []),
  check: findings,
  create: dataset,
});

function findings({ validation, test, ...options }: Options): Finding[] {
  const found = suffixFindings(options);
  if (validation + test < 1) return found;
  const message = `validation (${validation}) and test (${test}) together leave nothing for training; their sum must be below 1.`;
  return [...found, error('IMAGE_FOLDER_NO_TRAINING', 'validation', message)];
}

function dataset({ root, validation, test, ...options }: Options): Dataset {
  const cache = cacheLimit(options.cacheMegabytes * 2 ** 20);
  const listing = once(async () => {
    const folders = await splitFolders(root);
    const files = await listFiles(folders.train, options, { beside: folders.leftOut });
    const shares = { validation: folders.validation ? 0 : validation, test: folders.test ? 0 : test };
    return { folders, hashed: partition(files, shares) };
  });
  const source =
    (split: SplitName): ReadSplit =>
    async classes => {
      const { folders, hashed } = await listing();
      const folder = split === 'train' ? undefined : folders[split];
      const files = folder === undefined ? hashed[split] : await listFiles(folder, options, classes && { classes });
      return files && imagesOf(files, options, cache);
    };
  const sources = { train: source('train'), validation: source('validation'), test: source('test') };
  return datasetOf(sources, { labelled: options.labels === 'folders' });
}
