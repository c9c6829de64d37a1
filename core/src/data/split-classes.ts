import { counted } from '../text/counted.js';
import type { SplitName } from '../contracts/dataset.js';
import type { ImageSet, SharedImages } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import { forwarding } from './forwarding.js';
import { openShared, shareable } from './shared-images.js';
import type { SplitRules } from './split-rules.js';

/** A split in the context of its dataset. */
export interface SplitPlace {
  readonly split: SplitName;
  readonly rules: SplitRules;
  /** Training images, for the other splits. */
  readonly first?: ImageSet;
}

/** Number of classes of a dataset by its rules, else by the splits that have been read, training images first. */
export function classCountOf(read: readonly ImageSet[], rules: SplitRules): number | undefined {
  const first = read.at(0);
  const labelled = rules.labelled ?? (first === undefined || first.labels !== undefined);
  if (!labelled) return undefined;
  const named = rules.classes ?? rules.classNames?.length ?? first?.classes?.length;
  if (named !== undefined || first === undefined) return named;
  return 1 + read.reduce((largest, { labels }) => labels?.reduce((a, b) => Math.max(a, b), largest) ?? largest, -1);
}

/** Gives a labelled set the class names of the rules. @throws CarlError INPUT_DATA if it has others */
export function withClassNames(images: ImageSet, { split, rules: { classNames } }: SplitPlace): ImageSet {
  if (!classNames || !(images.labels ?? images.multiLabels)) return images;
  if (!images.classes) return renamed(images, classNames);
  if (sameNames(images.classes, classNames)) return images;
  throw new CarlError(
    'INPUT_DATA',
    `The files of the ${split} split name the classes ${images.classes.join(', ')}, and \`classNames\` is ${classNames.join(', ')}. Remove \`classNames\`.`,
  );
}

/** Checks a split against the rules and the training images. @throws CarlError INPUT_DATA */
export function checkSplit(images: ImageSet, { split, rules, first }: SplitPlace): void {
  if (first && images.channels !== first.channels)
    throw new CarlError(
      'INPUT_DATA',
      `Images of the ${split} split have ${channelText(images)}, and training images have ${first.channels}. All splits must have the same number.`,
    );
  checkLabels(images, rules.classes ?? rules.classNames?.length ?? images.classes?.length, split);
  if (!first?.classes || !images.classes || sameNames(first.classes, images.classes)) return;
  const [missing, unknown] = [without(first.classes, images.classes), without(images.classes, first.classes)];
  const problem =
    unknown.length > 0
      ? `has classes that the training images do not have: ${unknown.join(', ')}`
      : missing.length > 0
        ? `lacks the classes ${missing.join(', ')}`
        : `has its classes in the order ${images.classes.join(', ')}`;
  throw new CarlError(
    'INPUT_DATA',
    `The ${split} split ${problem}. The classes of the training images are ${first.classes.join(', ')}; labels mean the same only if all splits have this list.`,
  );
}

function checkLabels(images: ImageSet, count: number | undefined, split: SplitName): void {
  const { labels, multiLabels, classes, length } = images;
  if (labels && labels.length !== length)
    throw new CarlError('INPUT_DATA', `The ${split} split has ${labels.length} labels for ${length} images.`);
  if (count === undefined || !(labels ?? multiLabels)) return;
  if (classes && classes.length !== count)
    throw new CarlError(
      'INPUT_DATA',
      `The files of the ${split} split name ${classes.length} classes, and \`classes\` is ${count}. Correct or remove \`classes\`.`,
    );
  const wrong = labels?.findIndex(label => label < 0 || label >= count) ?? -1;
  if (!labels || wrong < 0) return;
  throw new CarlError(
    'INPUT_DATA',
    `Image ${wrong} of the ${split} split has label ${labels[wrong]}; with ${count} classes, labels are 0 to ${count - 1}. Correct the number of classes or the files.`,
  );
}

function renamed(images: ImageSet, classes: readonly string[]): ImageSet {
  const named = { ...forwarding(images), classes };
  if (!images.share) return named;
  return shareable(named, sharers => {
    const content: SharedNamed = { images: images.share!(sharers), classes };
    return { module: import.meta.url, content };
  });
}

interface SharedNamed {
  readonly images: SharedImages;
  readonly classes: readonly string[];
}

/** Rebuilds a set with class names that another thread shares. @public */
export async function fromShared({ images, classes }: SharedNamed): Promise<ImageSet> {
  return renamed(await openShared(images), classes);
}

const channelText = ({ channels }: ImageSet): string => counted(channels, 'channel');

const without = (names: readonly string[], others: readonly string[]): readonly string[] =>
  names.filter(name => !others.includes(name));

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
