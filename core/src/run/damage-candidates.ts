import type { DamagedFile, ImageSet } from '../contracts/image-set.js';

/** Lists at most. Each costs a look at all files of the set. */
const MOST = 64;

/**
 * The lists of files of a set that may have been damaged, the likeliest first. The list of a run does not tell sets apart:
 * files of several sets may have the same name and place, and some of the list may have been in other sets.
 * @param damaged the list of the run, with every state in which a file was found
 */
export function damageCandidates(
  images: ImageSet,
  others: readonly ImageSet[],
  damaged: readonly DamagedFile[],
): readonly (readonly DamagedFile[])[] {
  const own = damaged.filter(one => has(images, one) || !others.some(set => has(set, one)));
  let lists: readonly (readonly DamagedFile[])[] = [[]];
  for (const states of statesByFile(damaged)) {
    const choices = [...states.map(state => [state]), []];
    if (lists.length * choices.length > MOST) return [damaged, own];
    lists = lists.flatMap(list => choices.map(choice => [...list, ...choice]));
  }
  return lists;
}

function has(set: ImageSet, { index, file }: DamagedFile): boolean {
  return index < set.length && set.fileName?.(index) === file;
}

function statesByFile(damaged: readonly DamagedFile[]): Iterable<readonly DamagedFile[]> {
  const groups = new Map<string, readonly DamagedFile[]>();
  for (const one of damaged) {
    const key = `${one.index} ${one.file}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups.values();
}
