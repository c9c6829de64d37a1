import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ImageSet } from '../contracts/image-set.js';
import type { StoredImage } from '../contracts/image.js';
import { onceFulfilled } from './once.js';
import { inSharedMemory, shareable } from './shared-images.js';

/** Images of one size in memory, with their labels. */
export interface Pixels {
  /** [length, height, width, channels], row by row. */
  readonly bytes: Uint8Array;
  readonly size: readonly [height: number, width: number];
  readonly channels: number;
  readonly labels?: Int32Array;
  readonly classes?: readonly string[];
}

/** Number of bytes that are hashed before other work can run. */
const CHUNK = 2 ** 25;

/** Makes a set of images in memory, one byte a value. Threads that share the set use the same memory. */
export function pixelImages({ bytes: given, size, channels, labels, classes }: Pixels): ImageSet {
  let bytes = given;
  const stride = size[0] * size[1] * channels;
  const length = bytes.length / stride;
  const at = (index: number): StoredImage => {
    if (!(index >= 0 && index < length)) throw new RangeError(`Image ${index} of a set of ${length}`);
    const data = new Uint8Array(bytes.subarray(index * stride, (index + 1) * stride));
    return { height: size[0], width: size[1], channels, data };
  };
  const current = (): Pixels => ({ bytes, size, channels, labels, classes });
  const set: ImageSet = {
    ...{ length, labels, classes, channels, size },
    read: async indices => indices.map(at),
    fingerprint: onceFulfilled(() => digestOf(current())),
  };
  return shareable(set, () => {
    bytes = inSharedMemory(bytes);
    return { module: import.meta.url, content: { ...current(), labels: labels && inSharedMemory(labels) } };
  });
}

/** Rebuilds a set that another thread shares. @public */
export const fromShared = (content: Pixels): ImageSet => pixelImages(content);

async function digestOf({ bytes, size, channels, labels, classes }: Pixels): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify({ size, channels, classes, labelled: labels !== undefined }));
  for (let start = 0; start < bytes.length; start += CHUNK) {
    if (start > 0) await setImmediate();
    hash.update(bytes.subarray(start, start + CHUNK));
  }
  if (labels) hash.update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  return hash.digest('hex');
}
