import type { ImageSet } from '../contracts/image-set.js';
import type { StoredImage } from '../contracts/image.js';
import { openShared } from '../data/shared-images.js';
import { allFinite, sameBits } from './probe.js';
import { unless } from './rule.js';

/** Problems of lengths, labels and images. `classCount` is that of the dataset, if it is known. */
export async function setProblems(set: ImageSet, classCount?: number): Promise<string[]> {
  const { length, labels, multiLabels, classes, channels, size } = set;
  const images = await set.read(someOf(length));
  const labelled = labels === undefined || labels.length === length;
  const most = labels?.reduce((a, b) => Math.max(a, b), -1) ?? -1;
  const known = classCount ?? classes?.length ?? Infinity;
  return [
    ...unless(
      [Number.isInteger(length) && length >= 0, `its length is ${length}`],
      [labelled, `${labels?.length ?? 0} labels for ${length} images`],
      [
        (labels?.every(label => label >= 0) ?? true) && most < known,
        `labels go up to ${most}, the number of classes is ${known}`,
      ],
      [
        classes === undefined || classCount === undefined || classes.length === classCount,
        `${classes?.length ?? 0} class names for ${classCount ?? 0} classes`,
      ],
      [
        multiLabels === undefined || (labels === undefined && multiLabels.length === length * (classes?.length ?? 0)),
        `its marks of several labels are not [${length}, ${classes?.length ?? 0}], or it has labels besides`,
      ],
      [multiLabels?.every(mark => mark >= -1 && mark <= 1) ?? true, 'a mark of several labels is none of 1, 0 and -1'],
      [/^[0-9a-f]{64}$/.test(await set.fingerprint()), 'its fingerprint is not a SHA-256 in hex'],
    ),
    ...new Set(images.flatMap(image => imageProblems(image, channels, size))),
  ];
}

function imageProblems(image: StoredImage, wanted: number, size: ImageSet['size']): string[] {
  const { height, width, channels, data } = image;
  const values = data instanceof Uint8Array || data instanceof Float32Array;
  return unless(
    [channels === wanted, `an image has ${channels} channels; declared: ${wanted}`],
    [
      !size || (size[0] === height && size[1] === width),
      `an image is ${height}x${width}; declared: ${size?.join('x') ?? ''}`,
    ],
    [data.length === height * width * channels, `an image of ${height}x${width}x${channels} has ${data.length} values`],
    [values, 'an image has neither bytes (Uint8Array) nor floats (Float32Array)'],
    [data instanceof Uint8Array || inUnitRange(data), 'an image of floats has values outside of [0, 1]'],
  );
}

function inUnitRange(data: Float32Array): boolean {
  return allFinite(data) && data.every(value => value >= 0 && value <= 1);
}

/** Problems of reading the same images in several ways. */
export async function readProblems(set: ImageSet): Promise<string[]> {
  const places = someOf(set.length);
  const inOrder = await set.read(places);
  const kept = inOrder.map(({ data }) => data.slice());
  for (const { data } of inOrder) data.fill(1);
  const backward = [...(await set.read([...places].reverse()))].reverse();
  const single = [];
  for (const place of places) single.push(...(await set.read([place])));
  return unless(
    [inOrder.length === places.length, `it gives ${inOrder.length} images instead of ${places.length}`],
    [
      backward.every(({ data }, i) => sameBits(data, kept[i])),
      'an image differs when images are read in another order, or after the caller changed a copy',
    ],
    [single.every(({ data }, i) => sameBits(data, kept[i])), 'an image differs when it is read alone'],
    [(await set.read([])).length === 0, 'it gives images if none is requested'],
  );
}

/** Differences between two sets that should be the same. */
export async function differences(a: ImageSet, b: ImageSet): Promise<string[]> {
  const [first, second] = [await a.read(someOf(a.length)), await b.read(someOf(a.length))];
  const [quick, again] = [await a.quickFingerprint?.(), await b.quickFingerprint?.()];
  return unless(
    [a.length === b.length, 'it has another length'],
    [sameBits(a.labels ?? [], b.labels ?? []), 'it has other labels'],
    [String(a.multiLabels) === String(b.multiLabels), 'it has other labels'],
    [first.every(({ data }, i) => sameBits(data, second[i].data)), 'it has other images'],
    [(await a.fingerprint()) === (await b.fingerprint()), 'it has another fingerprint'],
    [quick?.sha256 === again?.sha256, 'it has another quick fingerprint'],
  );
}

/** Differences between a set and the one that a thread rebuilds; none for sets that cannot be shared. */
export async function shareProblems(set: ImageSet): Promise<string[]> {
  if (!set.share) return [];
  const rebuilt = await openShared(structuredClone(set.share(2)));
  return differences(set, rebuilt);
}

/** The first, the last and some indices between. */
function someOf(length: number): number[] {
  const count = Math.min(length, 5);
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / Math.max(1, count - 1)));
}
