import type { Dataset, SplitName } from '../contracts/dataset.js';
import type { LeftOutFile } from '../contracts/image-set.js';

/** Files that a dataset leaves out, by split. */
export type LeftOutFiles = Readonly<Partial<Record<SplitName, readonly LeftOutFile[]>>>;

/** Gathers the files that each split leaves out; splits without such files are not listed. */
export async function leftOutFiles(dataset: Dataset): Promise<LeftOutFiles> {
  const found: Partial<Record<SplitName, readonly LeftOutFile[]>> = {};
  for (const split of ['train', 'validation', 'test'] as const) {
    const files = (await dataset.split(split))?.leftOut;
    if (files && files.length > 0) found[split] = files;
  }
  return found;
}
