import { existsSync, statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { componentArgument } from '../config/component-argument.js';
import { Augmenter } from '../contracts/augmenter.js';
import type { NestedOptions } from '../contracts/components.js';
import type { SplitName } from '../contracts/dataset.js';
import type { ImageSet } from '../contracts/image-set.js';
import { slots } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import { openSplit } from '../run/open-pipeline.js';
import { closest } from '../text/closest.js';
import { counted } from '../text/counted.js';
import { componentOf } from './small-catalogue.js';
import type { TrainedNetwork } from './trained-network.js';

const SPLITS: readonly string[] = ['train', 'validation', 'test'] satisfies SplitName[];

/** Readers of single files, by suffix. */
const FILE_READERS: Readonly<Record<string, (file: string, skipping: object) => NestedOptions>> = {
  '.npz': file => ({ use: 'npz', file }),
  '.parquet': (file, skipping) => ({ use: 'parquet', files: [file], ...skipping }),
  '.csv': (file, skipping) => ({ use: 'csv', file, root: dirname(file), ...skipping }),
};

/** How images that a command names are read. */
export interface ReadingChoice {
  /** `folders`: the class of an image is the folder directly below the root. */
  readonly labels?: 'folders' | 'none';
  /** Leaves out images of a folder or file that cannot be decoded. */
  readonly skipCorrupt?: boolean;
}

/**
 * Opens the images that a command names: a split of the network's own dataset, a folder, a file that a reader of this
 * project takes, or a reader with its options, `{ use: idx, images: file }`.
 * @throws CarlError INPUT_ARGUMENT, INPUT_FILE, INPUT_DATA
 */
export async function openImages(network: TrainedNetwork, name: string, choice: ReadingChoice = {}): Promise<ImageSet> {
  const isSplit = SPLITS.includes(name);
  if (choice.skipCorrupt && (isSplit || name.startsWith('{')))
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--skip-corrupt is for folders and files; ${isSplit ? 'a split' : 'a reader'} follows its own option \`onCorrupt\`.`,
    );
  const images = isSplit
    ? await ownSplit(network, name as SplitName)
    : await read(network, readerOf(network, name, choice));
  const augmenter = network.loaded.services.get(Augmenter);
  const [, , wanted] = network.shape.image;
  if (augmenter.outputChannels(images.channels) !== wanted)
    throw new CarlError(
      'INPUT_DATA',
      `${name}: its images have ${counted(images.channels, 'channel')}, and the encoder takes images with ${wanted}.`,
    );
  return images;
}

async function ownSplit({ loaded }: TrainedNetwork, name: SplitName): Promise<ImageSet> {
  const images = await openSplit(loaded, name);
  if (images && images.length > 0) return images;
  throw new CarlError('INPUT_DATA', `The dataset \`${loaded.pipeline.data.use}\` has no images in the split ${name}.`);
}

/** The reader of a folder or file, with its options. @throws CarlError INPUT_ARGUMENT */
function readerOf(
  { loaded, shape }: TrainedNetwork,
  path: string,
  { labels = 'none', skipCorrupt = false }: ReadingChoice,
): NestedOptions {
  if (path.startsWith('{')) return componentArgument('<images>', path);
  if (!existsSync(path)) throw unknownImages(path);
  const augmenter = loaded.services.get(Augmenter);
  const channels = [3, 1].find(count => augmenter.outputChannels(count) === shape.image[2]) ?? 3;
  const skipping = skipCorrupt ? { onCorrupt: 'skip', maxSkipped: 1 } : {};
  // Each image is read once, so that decoded images are not kept.
  if (statSync(path).isDirectory())
    return { use: 'image-folder', root: path, labels, channels, cacheMegabytes: 0, ...skipping };
  const reader = FILE_READERS[extname(path).toLowerCase()] as (typeof FILE_READERS)[string] | undefined;
  return reader?.(path, skipping) ?? { use: 'image-list', files: [path], channels };
}

function unknownImages(name: string): CarlError {
  const meant = closest(name, SPLITS);
  return new CarlError(
    'INPUT_ARGUMENT',
    `${name}: there is no such file or folder.${meant === undefined ? '' : ` Did you mean the split ${meant}?`} ` +
      'Name a folder of images, a file, or a split of the dataset: train, validation or test.',
  );
}

async function read({ loaded }: TrainedNetwork, options: NestedOptions): Promise<ImageSet> {
  const { catalogue } = loaded;
  return (await componentOf(slots.reader, options, { flag: 'images:', catalogue })).read();
}
