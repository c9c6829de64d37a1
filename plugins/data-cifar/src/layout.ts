import { CarlError } from '@carl-ssl/core';

/** Layout of the batches of one of the two datasets. */
export interface Layout {
  readonly name: string;
  /** Label bytes of a binary record, in order, with the key in Python batches and the number of classes. */
  readonly columns: readonly LabelColumn[];
}

/** One of the labels that every image has. */
export interface LabelColumn {
  readonly name: string;
  readonly key: string;
  readonly classes: number;
}

/** Images of one file as red, green and blue planes, row by row, with the labels of each column. */
export interface Batch {
  readonly planes: readonly Uint8Array[];
  readonly labels: ReadonlyMap<string, ArrayLike<number>>;
}

/** Bytes of the three planes of an image of 32 x 32 pixels. */
export const PLANES = 3 * 32 * 32;

/** Error for a file that is not a batch of the dataset. */
export function refusal(path: string, { name }: Layout, problem: string): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${path} cannot be used as a batch of ${name}: ${problem}. Download it again, or check that it is the right file.`,
  );
}
