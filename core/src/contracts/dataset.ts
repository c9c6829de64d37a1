import { token } from './token.js';
import type { ImageSet } from './image-set.js';

export type SplitName = 'train' | 'validation' | 'test';

/** Images in up to three splits. Checkpoints and hyper-parameters are chosen on `validation`; `test` is only reported. */
export interface Dataset {
  /** Labels are below it: classes without images count. Undefined without labels. If only the files determine it, it is known once `train` has been read. */
  readonly classCount?: number;
  /** Returns a split, or undefined if the dataset does not have it. The first call reads files; later calls return the same object. */
  split(name: SplitName): Promise<ImageSet | undefined>;
}
export const Dataset = token<Dataset>('Dataset');
