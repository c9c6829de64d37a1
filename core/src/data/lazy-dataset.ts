import type { Dataset, ImageSet, SplitName } from '../contracts/dataset.js';
import { once } from './once.js';

/** How the splits of a dataset are read; a missing one does not exist. */
export type SplitReaders = Readonly<Partial<Record<SplitName, () => Promise<ImageSet | undefined>>>>;

/**
 * A dataset that reads a split when it is first asked for.
 * @param classCount number of classes as far as it is known at the time of the call
 */
export function lazyDataset(readers: SplitReaders, classCount: () => number | undefined): Dataset {
  const missing = (): Promise<undefined> => Promise.resolve(undefined);
  const splits = {
    train: once(readers.train ?? missing),
    validation: once(readers.validation ?? missing),
    test: once(readers.test ?? missing),
  };
  return {
    get classCount() {
      return classCount();
    },
    split: name => splits[name](),
  };
}
