import type { StoredImage } from '../contracts/image.js';
import type { ImageSet } from '../contracts/image-set.js';

/** Bytes of the stored images of a piece, if single images are not larger. */
const BYTES = 2 ** 27;
/** Images of the first piece, where their size is known only after reading. */
const FIRST = 4;
/** Images of a piece at most, where their size is known only after reading. */
const MOST = 8;
/** Images held at most at a time, where their size is known only after reading: a piece, and the one that is read meanwhile. */
export const MOST_AT_ONCE = 2 * MOST;

/**
 * Reads images at these places in order, a few at a time, so that the memory of images in their stored size does not grow
 * with their number. The next ones are read while the caller works on a piece, because decoding has threads of its own.
 */
async function* boundedRead(
  images: Pick<ImageSet, 'read' | 'size' | 'channels'>,
  indices: readonly number[],
): AsyncGenerator<readonly StoredImage[], void, undefined> {
  const { size, channels } = images;
  let largest = size ? size[0] * size[1] * channels : 0;
  let from = 0;
  const start = (): Promise<readonly StoredImage[]> | undefined => {
    if (from >= indices.length) return undefined;
    const fitting = largest === 0 ? FIRST : Math.max(1, Math.floor(BYTES / largest));
    const piece = indices.slice(from, from + (size ? fitting : Math.min(MOST, fitting)));
    from += piece.length;
    const read = images.read(piece);
    // If the caller stops before it awaits this piece, no one is told of its error.
    read.catch(() => undefined);
    return read;
  };
  for (let coming = start(); coming;) {
    const read = await coming;
    for (const { data } of read) largest = Math.max(largest, data.byteLength);
    coming = start();
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
