import { inSharedMemory, onceFulfilled, shareable, type ImageSet, type StoredImage } from '@carl-ssl/core';
import { createHash } from 'node:crypto';

/** Images of one size in memory as floats in [0, 1], with their labels. */
export interface FloatPixels {
  /** [length, height, width, channels], row by row. */
  readonly values: Float32Array;
  readonly size: readonly [height: number, width: number];
  readonly channels: number;
  readonly labels?: Int32Array;
}

/** Makes a set of images in memory, one float a value. Threads that share the set use the same memory. */
export function floatImages({ values: given, size, channels, labels }: FloatPixels): ImageSet {
  let values = given;
  const stride = size[0] * size[1] * channels;
  const length = values.length / stride;
  const at = (index: number): StoredImage => {
    if (!(index >= 0 && index < length)) throw new RangeError(`Image ${index} of a set of ${length}`);
    const data = new Float32Array(values.subarray(index * stride, (index + 1) * stride));
    return { height: size[0], width: size[1], channels, data };
  };
  const current = (): FloatPixels => ({ values, size, channels, ...(labels && { labels }) });
  const set: ImageSet = {
    ...{ length, channels, size },
    ...(labels && { labels }),
    read: async indices => indices.map(at),
    fingerprint: onceFulfilled(async () => digestOf(current())),
  };
  return shareable(set, () => {
    values = new Float32Array(inSharedMemory(bytesOf(values)).buffer);
    return { module: import.meta.url, content: { ...current(), ...(labels && { labels: inSharedMemory(labels) }) } };
  });
}

/** Rebuilds a set that another thread shares. @public */
export const fromShared = (content: FloatPixels): ImageSet => floatImages(content);

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function digestOf({ values, size, channels, labels }: FloatPixels): string {
  const hash = createHash('sha256').update(
    JSON.stringify({ size, channels, labelled: labels !== undefined, floats: true }),
  );
  hash.update(bytesOf(values));
  if (labels) hash.update(bytesOf(labels));
  return hash.digest('hex');
}
