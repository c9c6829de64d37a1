import type { Dataset, SplitName } from '../contracts/dataset.js';
import type { ImageSet } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import { once } from './once.js';
import { checkSplit, classCountOf, withClassNames, type SplitPlace } from './split-classes.js';
import type { SplitRules } from './split-rules.js';
import { holdOut } from './subset.js';

/**
 * Reads a split; undefined if the dataset has none.
 * @param classes class names of the training images, see `Reader.read`
 */
export type ReadSplit = (classes?: readonly string[]) => Promise<ImageSet | undefined>;

/** Functions that read the splits. Without one, the dataset has no such split. */
export type SplitSources = Readonly<Partial<Record<SplitName, ReadSplit>>> & { readonly train: ReadSplit };

/**
 * Composes a dataset from its splits. A split is read once, on first use, and after the training images: channels and
 * classes must be the same in all splits.
 */
export function datasetOf(sources: SplitSources, rules: SplitRules = {}): Dataset {
  const read: ImageSet[] = [];
  const checked = async (source: ReadSplit, place: SplitPlace): Promise<ImageSet | undefined> => {
    const images = await source(place.first?.classes);
    if (images === undefined) return undefined;
    const named = withClassNames(images, place);
    checkSplit(named, place);
    read.push(named);
    return named;
  };
  const training = once(async () => required(await checked(sources.train, { split: 'train', rules })));
  const parts = once(async () => {
    const images = await training();
    const { holdout } = rules;
    return holdout && !sources.validation ? holdOut(images, holdout(images.length)) : { rest: images, held: undefined };
  });
  const other = (split: SplitName) =>
    once(async () => {
      const source = sources[split];
      return source && checked(source, { split, rules, first: await training() });
    });
  const splits = {
    train: async () => (await parts()).rest,
    validation: sources.validation ? other('validation') : async () => (await parts()).held,
    test: other('test'),
  };
  return {
    get classCount() {
      return classCountOf(read, rules);
    },
    split: name => splits[name](),
  };
}

function required(images: ImageSet | undefined): ImageSet {
  if (images) return images;
  throw new CarlError('INPUT_DATA', 'The dataset has no training images.');
}
