import { CarlError, type SplitName } from '@carl-ssl/core';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { filesAt, type ImageFiles } from './labelled-files.js';
import { listFolders } from './list-images.js';

/** Shares of the images that go to the splits other than training. */
export interface Shares {
  readonly validation: number;
  readonly test: number;
}

/** Folder of each split. */
export type SplitFolders = Readonly<Partial<Record<SplitName, string>> & { train: string }>;

const NAMES: Readonly<Record<string, SplitName>> = {
  train: 'train',
  validation: 'validation',
  val: 'validation',
  test: 'test',
};

/**
 * The folders of the splits: `train`, `validation` (or `val`) and `test` if these and no others are there and `train`
 * is among them; else everything is for training. @throws CarlError INPUT_FILE, INPUT_DATA for both `validation` and `val`
 */
export async function splitFolders(root: string): Promise<SplitFolders> {
  const names = await listFolders(root);
  if (!names.includes('train') || names.some(name => !Object.hasOwn(NAMES, name))) return { train: root };
  if (names.includes('validation') && names.includes('val'))
    throw new CarlError(
      'INPUT_DATA',
      `${root} has both a folder "validation" and a folder "val"; remove or join one of them.`,
    );
  return Object.fromEntries(names.map(name => [NAMES[name], join(root, name)])) as unknown as SplitFolders;
}

/**
 * The split of a file by a hash of its path: the same on every machine, and for the files that are there already when
 * others are added.
 */
export function splitOf(path: string, { validation, test }: Shares): SplitName {
  const place = createHash('sha256').update(path.normalize('NFC')).digest().readUIntBE(0, 6) / 2 ** 48;
  if (place < test) return 'test';
  return place < test + validation ? 'validation' : 'train';
}

/** Files by split. @throws CarlError INPUT_DATA if none is left for training */
export function partition(files: ImageFiles, shares: Shares): Readonly<Partial<Record<SplitName, ImageFiles>>> {
  const places: Partial<Record<SplitName, number[]>> = {};
  files.paths.forEach((path, i) => (places[splitOf(path, shares)] ??= []).push(i));
  if (places.train === undefined)
    throw new CarlError(
      'INPUT_DATA',
      `None of the ${files.paths.length} images in ${files.root} is left for training; lower \`validation\` and \`test\`.`,
    );
  return Object.fromEntries(Object.entries(places).map(([split, at]) => [split, filesAt(files, at)]));
}
