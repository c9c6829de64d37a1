import {
  CarlError,
  counted,
  inSharedMemory,
  openShared,
  shareable,
  type DamagedFile,
  type ImageSet,
  type SharedImages,
  type StoredImage,
} from '@carl-ssl/core';
import { createHash } from 'node:crypto';

/** Several sets as one. @throws CarlError INPUT_DATA if their channels or classes differ */
export function joined(sets: readonly ImageSet[]): ImageSet {
  checkAlike(sets);
  const [first] = sets;
  const firsts = sets.map((_, i) => sets.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const length = sets.reduce((sum, set) => sum + set.length, 0);
  const place = (index: number): Place => {
    if (!(Number.isInteger(index) && index >= 0 && index < length))
      throw new RangeError(`Image ${index} of a set of ${length}`);
    const set = firsts.findLastIndex(start => start <= index);
    return { set, index: index - firsts[set] };
  };
  const labels = labelsOf(sets, length);
  const multiLabels = multiLabelsOf(sets);
  const classes = sets.find(set => set.classes)?.classes;
  const whole: ImageSet = {
    length,
    ...(labels && { labels }),
    ...(multiLabels && { multiLabels }),
    ...((labels ?? multiLabels) && classes && { classes }),
    channels: first.channels,
    ...(first.size && sets.every(({ size }) => size?.join() === first.size!.join()) && { size: first.size }),
    leftOut: sets.flatMap(set => set.leftOut ?? []),
    read: async indices => readFrom(sets, indices.map(place)),
    fingerprint: async signal => digestOf(await Promise.all(sets.map(set => set.fingerprint(signal)))),
    ...quickOf(sets),
    ...(sets.every(set => set.fileName !== undefined) && {
      fileName: (index: number) => {
        const at = place(index);
        return sets[at.set].fileName!(at.index);
      },
    }),
  };
  if (!sets.every(set => set.share !== undefined)) return whole;
  return shareable(whole, sharers => {
    const content: readonly SharedImages[] = sets.map(set => set.share!(sharers));
    return { module: import.meta.url, content };
  });
}

/** An image of one of the sets. */
interface Place {
  readonly set: number;
  readonly index: number;
}

async function readFrom(sets: readonly ImageSet[], places: readonly Place[]): Promise<readonly StoredImage[]> {
  const own = (set: number) => places.flatMap(one => (one.set === set ? [one.index] : []));
  const read = await Promise.all(sets.map((set, i) => set.read(own(i))));
  const next = sets.map(() => 0);
  return places.map(({ set }) => read[set][next[set]++]);
}

/** Rebuilds a set that another thread shares. @public */
export async function fromShared(content: readonly SharedImages[]): Promise<ImageSet> {
  return joined(await Promise.all(content.map(openShared)));
}

function checkAlike([first, ...others]: readonly ImageSet[]): void {
  for (const [i, set] of others.entries()) {
    if (set.channels !== first.channels)
      throw new CarlError(
        'INPUT_DATA',
        `Reader ${i + 2} of \`concat\` has images of ${counted(set.channels, 'channel')}, and the first has ${first.channels}. All must have the same number; image readers have the option \`channels\`.`,
      );
    if (set.classes && first.classes && set.classes.join('\n') !== first.classes.join('\n'))
      throw new CarlError(
        'INPUT_DATA',
        `Reader ${i + 2} of \`concat\` has other classes than the first: ${set.classes.join(', ').slice(0, 200)}. Change its labels with the reader \`remap\`, or use readers without labels.`,
      );
  }
}

function labelsOf(sets: readonly ImageSet[], length: number): Int32Array | undefined {
  if (!sets.every(set => set.labels)) return undefined;
  const labels = new Int32Array(length);
  let at = 0;
  for (const set of sets) {
    labels.set(set.labels!, at);
    at += set.length;
  }
  return inSharedMemory(labels);
}

function multiLabelsOf(sets: readonly ImageSet[]): Int8Array | undefined {
  if (!sets.every(set => set.multiLabels)) return undefined;
  return Int8Array.from(sets.flatMap(set => Array.from(set.multiLabels!)));
}

/**
 * The fingerprint without content, if a set has files; sets in memory take part with their content. A file that was damaged
 * counts for the sets that have it, and one that was removed since for all.
 */
function quickOf(sets: readonly ImageSet[]): Pick<ImageSet, 'quickFingerprint'> {
  if (!sets.some(set => set.quickFingerprint !== undefined)) return {};
  const has = (set: ImageSet, { index, file }: DamagedFile): boolean =>
    index < set.length && set.fileName?.(index) === file;
  const one = async (set: ImageSet, damaged: readonly DamagedFile[] | undefined) => {
    if (!set.quickFingerprint) return { sha256: await set.fingerprint(), bytes: 0 };
    const own = damaged?.filter(file => has(set, file) || !sets.some(other => has(other, file)));
    return set.quickFingerprint(own);
  };
  return {
    quickFingerprint: async damaged => {
      const parts = await Promise.all(sets.map(set => one(set, damaged)));
      return {
        sha256: digestOf(parts.map(({ sha256 }) => sha256)),
        bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
  };
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
