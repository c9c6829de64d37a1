import {
  defineComponent,
  lazyDataset,
  once,
  Path,
  slots,
  type Dataset,
  type Finding,
  type ImageSet,
  type SplitName,
} from '@carl-ssl/core';
import { Type, type Static } from 'typebox';
import { EXTENSIONS } from './decode.js';
import { folderImages, withoutCorrupt } from './folder-images.js';
import { labelledFiles, unlabelledFiles, type ImageFiles } from './labelled-files.js';
import { partition, splitFolders } from './splits.js';

const share = (name: string, value: number) =>
  Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: value,
    description: `Share of the images used for ${name}, chosen by a hash of their paths; without meaning if there is a folder \`${name}\` beside \`train\`.`,
  });

const options = Type.Object(
  {
    root: Path({
      description:
        'Folder of images, with folders below it as you like; or with the folders train, validation (or val) and test and nothing else.',
    }),
    labels: Type.Union([Type.Literal('folders'), Type.Literal('none')], {
      default: 'folders',
      description:
        'folders: the folder an image is in, directly below root or the split, is its class. none: images have no labels.',
    }),
    validation: share('validation', 0.1),
    test: share('test', 0),
    channels: Type.Union([Type.Literal(1), Type.Literal(3)], { default: 3, description: '3: RGB. 1: grey.' }),
    maxSide: Type.Optional(
      Type.Integer({
        minimum: 8,
        maximum: 16384,
        description: 'Longest side, pixels; larger images are made smaller, which saves memory and time.',
      }),
    ),
    orient: Type.Boolean({
      default: false,
      description:
        'Whether images are turned as the camera noted (EXIF). Most tools for training do not, torchvision among them.',
    }),
    extensions: Type.Array(Type.String({ pattern: '^[a-z0-9]+$' }), {
      default: [...EXTENSIONS],
      minItems: 1,
      description:
        'Endings of image files, in small letters without the dot; capitals count as small letters. Other files are left out.',
    }),
    followLinks: Type.Boolean({ default: false, description: 'Whether symbolic links may lead out of the folder.' }),
    cacheMegabytes: Type.Integer({
      minimum: 0,
      default: 512,
      description: 'Memory for decoded images. Those that find no room are decoded again each time.',
    }),
    onCorrupt: Type.Union([Type.Literal('error'), Type.Literal('skip')], {
      default: 'error',
      description:
        'error: a damaged image ends the run when it is read. skip: all images are decoded once at the start, damaged ones are listed and left out.',
    }),
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

function findings({ validation, test }: Options): Finding[] {
  if (validation + test < 1) return [];
  const message = `validation (${validation}) and test (${test}) together leave nothing for training; their sum must be below 1.`;
  return [{ severity: 'error', code: 'IMAGE_FOLDER_NO_TRAINING', path: 'validation', message }];
}

function dataset(options: Options): Dataset {
  let classCount: number | undefined;
  const list = (root: string, classes?: readonly string[]): Promise<ImageFiles> =>
    options.labels === 'none' ? unlabelledFiles(root, options) : labelledFiles(root, options, classes);
  const parts = once(async () => {
    const folders = await splitFolders(options.root);
    const files = await list(folders.train);
    classCount = files.classes?.length;
    const shares = { validation: folders.validation ? 0 : options.validation, test: folders.test ? 0 : options.test };
    return { folders, classes: files.classes, hashed: partition(files, shares) };
  });
  const read = (split: SplitName) => async (): Promise<ImageSet | undefined> => {
    const { folders, classes, hashed } = await parts();
    const folder = split === 'train' ? undefined : folders[split];
    const files = folder === undefined ? hashed[split] : await list(folder, classes);
    return files && images(files, options);
  };
  return lazyDataset({ train: read('train'), validation: read('validation'), test: read('test') }, () => classCount);
}

async function images(
  files: ImageFiles,
  { channels, maxSide, orient, onCorrupt, cacheMegabytes }: Options,
): Promise<ImageSet> {
  const rules = { channels, maxSide, orient };
  return folderImages(
    onCorrupt === 'skip' ? await withoutCorrupt(files, rules) : files,
    rules,
    cacheMegabytes * 2 ** 20,
  );
}
