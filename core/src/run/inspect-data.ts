import { CarlError } from '../errors/carl-error.js';
import type { StoredImage } from '../contracts/image.js';
import type { ImageSet, LeftOutFile } from '../contracts/image-set.js';
import { messageOf } from '../text/message-of.js';
import { Duplicates, type DuplicateGroup } from './duplicate-images.js';
import { SizeCounts, type ImageSizes } from './image-sizes.js';
import { PixelSums, type ChannelStatistics } from './pixel-sums.js';

/** Everything that reading a dataset once can show. */
export interface DataInspection {
  readonly splits: readonly InspectedSplit[];
  /** Images with equal pixels, over all splits. */
  readonly duplicates: readonly DuplicateGroup[];
}

/** One split of a dataset. */
export interface InspectedSplit {
  readonly split: string;
  readonly images: number;
  readonly channels: number;
  /** SHA-256 of the images, their order and their labels. */
  readonly sha256: string;
  readonly sizes?: ImageSizes;
  readonly statistics?: ChannelStatistics;
  /** Classes with the number of their images; undefined without labels. */
  readonly classes?: readonly { readonly name: string; readonly images: number }[];
  /** Files in the same folders that are no images of the split. */
  readonly leftOut: readonly LeftOutFile[];
  /** Images that cannot be decoded. */
  readonly damaged: readonly { readonly image: string; readonly problem: string }[];
}

/** Called while images are read. */
export type InspectionListener = (split: string, done: number, total: number) => void;

/** Images read at a time. */
const CHUNK = 32;

/** Reads every image of all splits once. Damaged images are listed and do not end the inspection. An abort rejects the promise. */
export async function inspectData(
  sets: ReadonlyMap<string, ImageSet>,
  signal: AbortSignal,
  onProgress: InspectionListener = () => undefined,
): Promise<DataInspection> {
  const duplicates = new Duplicates();
  const splits: InspectedSplit[] = [];
  for (const [split, set] of sets) {
    const totals = { sizes: new SizeCounts(), sums: new PixelSums(set.channels) };
    const damaged: InspectedSplit['damaged'][number][] = [];
    for (let from = 0; from < set.length; from += CHUNK) {
      signal.throwIfAborted();
      const indices = Array.from({ length: Math.min(CHUNK, set.length - from) }, (_, i) => from + i);
      for (const { index, image, problem } of await readEach(set, indices)) {
        const name = set.fileName?.(index) ?? String(index);
        if (image) count(image, totals);
        if (image) duplicates.add(image, { split, image: name });
        else damaged.push({ image: name, problem });
      }
      onProgress(split, from + indices.length, set.length);
    }
    splits.push(await summary(split, set, { ...totals, damaged, signal }));
  }
  return { splits, duplicates: duplicates.groups() };
}

interface Totals {
  readonly sizes: SizeCounts;
  readonly sums: PixelSums;
}

function count(image: StoredImage, { sizes, sums }: Totals): void {
  sizes.add(image.height, image.width);
  sums.add(image);
}

async function summary(
  split: string,
  set: ImageSet,
  { sizes, sums, damaged, signal }: Totals & Pick<InspectedSplit, 'damaged'> & { readonly signal: AbortSignal },
): Promise<InspectedSplit> {
  const classes = classesOf(set);
  const [found, statistics] = [sizes.summary(), sums.statistics()];
  return {
    split,
    images: set.length,
    channels: set.channels,
    sha256: await set.fingerprint(signal),
    ...(found && { sizes: found }),
    ...(statistics && { statistics }),
    ...(classes && { classes }),
    leftOut: set.leftOut ?? [],
    damaged,
  };
}

type ReadImage =
  | { readonly index: number; readonly image: StoredImage; readonly problem?: never }
  | { readonly index: number; readonly image?: never; readonly problem: string };

/** Reads images together, and one by one if one of them is damaged. */
async function readEach(set: ImageSet, indices: readonly number[]): Promise<readonly ReadImage[]> {
  try {
    const images = await set.read(indices);
    return images.map((image, i) => ({ index: indices[i], image }));
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  const read: ReadImage[] = [];
  for (const index of indices)
    try {
      const [image] = await set.read([index]);
      read.push({ index, image });
    } catch (error) {
      if (!isDamage(error)) throw error;
      const { cause } = error;
      read.push({ index, problem: messageOf(cause ?? error).trim() });
    }
  return read;
}

const isDamage = (error: unknown): error is CarlError => CarlError.is(error) && error.code === 'INPUT_DATA';

/** Number of images of each class, in the order of the labels; images of several classes count for each. */
function classesOf({ labels, multiLabels, classes = [], length }: ImageSet): InspectedSplit['classes'] {
  if (!labels && !multiLabels) return undefined;
  const counts = new Map(classes.map((_, label) => [label, 0]));
  const add = (label: number): void => void counts.set(label, (counts.get(label) ?? 0) + 1);
  labels?.forEach(add);
  const width = multiLabels ? multiLabels.length / Math.max(1, length) : 0;
  multiLabels?.forEach((value, at) => {
    if (value === 1) add(at % width);
  });
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([label, images]) => ({ name: classes[label] ?? String(label), images }));
}
