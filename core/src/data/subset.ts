import { createHash } from 'node:crypto';
import type { ImageSet, SharedImages } from '../contracts/image-set.js';
import { forwarding } from './forwarding.js';
import { marksAt } from './multi-labels.js';
import { inSharedMemory, openShared, shareable } from './shared-images.js';

/** The images at the given indices of a set, in this order. `leftOut` are the files to list as left out. */
export function subset(images: ImageSet, places: Int32Array, leftOut?: ImageSet['leftOut']): ImageSet {
  const { labels, multiLabels } = images;
  const part: ImageSet = {
    ...forwarding(images),
    length: places.length,
    labels: labels && places.map(place => labels[place]),
    ...(multiLabels && { multiLabels: marksAt(multiLabels, images.length, places) }),
    leftOut,
    read: indices => images.read(indices.map(index => placeAt(places, index))),
    ...(images.fileName && { fileName: index => images.fileName!(placeAt(places, index)) }),
    fingerprint: async signal => digestOf(await images.fingerprint(signal), places),
    ...(images.quickFingerprint && {
      quickFingerprint: async damaged => {
        const { sha256, bytes } = await images.quickFingerprint!(damaged);
        return { sha256: digestOf(sha256, places), bytes };
      },
    }),
  };
  if (!images.share) return part;
  return shareable(part, sharers => {
    const content: SharedSubset = { images: images.share!(sharers), places: inSharedMemory(places) };
    return { module: import.meta.url, content };
  });
}

interface SharedSubset {
  readonly images: SharedImages;
  readonly places: Int32Array;
}

/** Rebuilds a part that another thread shares. @public */
export async function fromShared({ images, places }: SharedSubset): Promise<ImageSet> {
  return subset(await openShared(images), places);
}

/** Splits a set in two: the images at the given indices, and the others. Both keep the order. */
export function holdOut(images: ImageSet, places: Int32Array): { readonly rest: ImageSet; readonly held: ImageSet } {
  const held = new Set(places);
  const rest = Int32Array.from({ length: images.length }, (_, i) => i).filter(i => !held.has(i));
  return { rest: subset(images, rest, images.leftOut), held: subset(images, places) };
}

function digestOf(whole: string, places: Int32Array): string {
  const bytes = new Uint8Array(places.buffer, places.byteOffset, places.byteLength);
  return createHash('sha256').update(whole).update(bytes).digest('hex');
}

function placeAt(places: Int32Array, index: number): number {
  if (index in places) return places[index];
  throw new RangeError(`Image ${index} of a set of ${places.length}`);
}
