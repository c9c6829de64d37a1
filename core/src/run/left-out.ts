import type { LeftOutFile } from '../contracts/image-set.js';
import type { NamedSets } from './data-fingerprints.js';

/** Files that datasets leave out, by split. */
export type LeftOutFiles = Readonly<Record<string, readonly LeftOutFile[]>>;

/** Gathers the files that each split leaves out; splits without such files are not listed. */
export function leftOutFiles(sets: NamedSets): LeftOutFiles {
  return Object.fromEntries(
    [...sets].flatMap(([split, { leftOut = [] }]) => (leftOut.length > 0 ? [[split, leftOut] as const] : [])),
  );
}
