import { CarlError, type SplitName } from '@carl-ssl/core';
import { createHash } from 'node:crypto';
import { filesAt, type ImageFiles } from './image-files.js';

/** Shares of the images that go to the splits other than training. */
export interface Shares {
  readonly validation: number;
  readonly test: number;
}

/**
 * Chooses the split of a file by a hash of its path: the same on every machine, and unchanged for a file when others are
 * added.
 */
function splitOf(path: string, { validation, test }: Shares): SplitName {
  const place = createHash('sha256').update(path.normalize('NFC')).digest().readUIntBE(0, 6) / 2 ** 48;
  if (place < test) return 'test';
  return place < test + validation ? 'validation' : 'train';
}

/** Divides files into splits; those for training keep `leftOut`. @throws CarlError INPUT_DATA if none remains for training */
export function partition(files: ImageFiles, shares: Shares): Readonly<Partial<Record<SplitName, ImageFiles>>> {
  const places: Partial<Record<SplitName, number[]>> = {};
  files.paths.forEach((path, i) => (places[splitOf(path, shares)] ??= []).push(i));
  if (places.train === undefined)
    throw new CarlError(
      'INPUT_DATA',
      `${files.paths.length === 1 ? 'The only image' : `None of the ${files.paths.length} images`} in ${files.root} ${files.paths.length === 1 ? 'is not' : 'remains'} for training; lower \`validation\` and \`test\`.`,
    );
  const parts = Object.fromEntries(Object.entries(places).map(([split, at]) => [split, filesAt(files, at)]));
  return { ...parts, train: { ...parts.train, leftOut: files.leftOut } };
}
