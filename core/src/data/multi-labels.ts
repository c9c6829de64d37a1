import { createHash } from 'node:crypto';
import type { ImageSet, SharedImages } from '../contracts/image-set.js';
import { forwarding } from './forwarding.js';
import { inSharedMemory, openShared, shareable } from './shared-images.js';

/** Classes of the images of a set that may have several, and the SHA-256 of the file that gives them. */
export interface MultiLabels {
  readonly classes: readonly string[];
  /** As {@link ImageSet.multiLabels}. */
  readonly marks: Int8Array;
  readonly sha256: string;
}

/** A set with these labels in place of its own. */
export function withMultiLabels(images: ImageSet, labels: MultiLabels): ImageSet {
  const { classes, marks, sha256 } = labels;
  const digest = (own: string) => createHash('sha256').update(own).update(sha256).digest('hex');
  const labelled: ImageSet = {
    ...forwarding(images),
    labels: undefined,
    classes,
    multiLabels: marks,
    fingerprint: async signal => digest(await images.fingerprint(signal)),
    ...(images.quickFingerprint && {
      quickFingerprint: async damaged => {
        const quick = await images.quickFingerprint!(damaged);
        return { ...quick, sha256: digest(quick.sha256) };
      },
    }),
  };
  if (!images.share) return labelled;
  return shareable(labelled, sharers => {
    const bytes = new Uint8Array(marks.buffer, marks.byteOffset, marks.length);
    const content: SharedMultiLabels = {
      images: images.share!(sharers),
      classes,
      marks: inSharedMemory(bytes),
      sha256,
    };
    return { module: import.meta.url, content };
  });
}

interface SharedMultiLabels {
  readonly images: SharedImages;
  readonly classes: readonly string[];
  readonly marks: Uint8Array;
  readonly sha256: string;
}

/** Rebuilds a set that another thread shares. @public */
export async function fromShared({ images, classes, marks, sha256 }: SharedMultiLabels): Promise<ImageSet> {
  const signed = new Int8Array(marks.buffer, marks.byteOffset, marks.length);
  return withMultiLabels(await openShared(images), { classes, marks: signed, sha256 });
}

/** The rows of a matrix [N, K] of marks at the given places. */
export function marksAt(marks: Int8Array, length: number, places: Int32Array): Int8Array {
  const columns = marks.length / length;
  const taken = new Int8Array(places.length * columns);
  places.forEach((place, row) => taken.set(marks.subarray(place * columns, (place + 1) * columns), row * columns));
  return taken;
}
