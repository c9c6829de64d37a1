import type { StoredImage } from '../contracts/image.js';
import type { ImageSet } from '../contracts/image-set.js';

/** Bytes of stored images that are held at once, if single images are not larger. */
const BYTES = 2 ** 28;
/** Images read first, where their size is known only after reading. */
const FIRST = 4;
/** Images read at most at a time, where their size is known only after reading. */
export const MOST_AT_ONCE = 16;

/**
 * Reads images at these places in order, a few at a time, so that the memory of images in their stored size does not grow
 * with their number.
 */
async function* boundedRead(
  images: Pick<ImageSet, 'read' | 'size' | 'channels'>,
  indices: readonly number[],
): AsyncGenerator<readonly StoredImage[], void, undefined> {
  const { size, channels } = images;
  let largest = size ? size[0] * size[1] * channels : 0;
  for (let from = 0; from < indices.length;) {
    const fitting = largest === 0 ? FIRST : Math.max(1, Math.floor(BYTES / largest));
    const next = from + (size ? fitting : Math.min(MOST_AT_ONCE, fitting));
    const read = await images.read(indices.slice(from, next));
    from = next;
    for (const { data } of read) largest = Math.max(largest, data.byteLength);
    yield read;
  }
}

/** Applies a function to images that are read a few at a time, in order; `place` counts from 0. */
export async function mapImages<T>(
  images: Pick<ImageSet, 'read' | 'size' | 'channels'>,
  indices: readonly number[],
  apply: (image: StoredImage, place: number) => T,
): Promise<readonly T[]> {
  const results: T[] = [];
  for await (const read of boundedRead(images, indices))
    for (const image of read) results.push(apply(image, results.length));
  return results;
}
