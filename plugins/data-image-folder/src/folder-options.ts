import {
  Type,
  warning,
  warnLeftOut,
  type Finding,
  type ImageSet,
  type LeftOutFile,
  type Static,
  type TObject,
} from '@carl-ssl/core';
import { decodeOptions, readOptions, rulesOf } from './decode-options.js';
import { EXTENSIONS, unreadableSuffix, type DecodeRules } from './decode.js';
import { folderImages } from './folder-images.js';
import type { CacheLimit } from './image-cache.js';
import { labelledFiles, unlabelledFiles, type ImageFiles } from './image-files.js';
import { readableFiles } from './readable-files.js';
import { refuseNestedSplits } from './split-folders.js';

/** Options of the dataset and the reader for folders of images. */
export const folderOptions = {
  labels: Type.Union([Type.Literal('folders'), Type.Literal('none')], {
    default: 'folders',
    description:
      'folders: the class of an image is the folder directly below the root that contains it; with split folders, directly below the split. none: images have no labels.',
  }),
  ...decodeOptions,
  extensions: Type.Array(Type.String({ pattern: '^[a-z0-9]+$' }), {
    default: [...EXTENSIONS],
    minItems: 1,
    description:
      'File extensions of images, in lower case and without the dot; the case of file names is ignored. Other files are left out.',
  }),
  followLinks: Type.Boolean({ default: false, description: 'Whether symbolic links may lead out of the folder.' }),
  ...readOptions,
};

export type FolderOptions = Readonly<Static<TObject<typeof folderOptions>>>;

/** Warnings about suffixes of files that are usually not readable. */
export function suffixFindings({ extensions }: Pick<FolderOptions, 'extensions'>): Finding[] {
  return extensions.flatMap((suffix, i) => {
    const advice = unreadableSuffix(suffix);
    return advice === undefined ? [] : [warning('IMAGE_FOLDER_SUFFIX', `extensions.${i}`, advice)];
  });
}

/** Context of a folder in a dataset. */
export interface FolderPlace {
  /** Class names, if another split determines them. */
  readonly classes?: readonly string[];
  /** Files beside the folder that are left out. */
  readonly beside?: readonly LeftOutFile[];
}

/** Lists the images of a folder by the options, and warns about the files that are left out. @throws CarlError INPUT_FILE, INPUT_DATA */
export async function listFiles(root: string, options: FolderOptions, place: FolderPlace = {}): Promise<ImageFiles> {
  const { classes, beside = [] } = place;
  const found = options.labels === 'none' ? unlabelledFiles(root, options) : labelledFiles(root, options, classes);
  refuseNestedSplits(root, (await found).paths);
  const files = options.onCorrupt === 'skip' ? await readableFiles(await found, options) : await found;
  const leftOut = [...beside, ...(files.leftOut ?? [])];
  warnLeftOut(root, leftOut, files.paths.length);
  return { ...files, leftOut };
}

/** Makes a set of listed images by the options. */
export function imagesOf(files: ImageFiles, options: DecodeRules, cache: CacheLimit): ImageSet {
  return folderImages(files, rulesOf(options), cache);
}
