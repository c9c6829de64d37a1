import type { ImageSet, StoredImage } from '@carl-ssl/core';
import pMap from 'p-map';
import { decodeImage, type Decoded, type DecodeRules } from './decode.js';
import { cacheLimit, ImageCache, type SharedCache } from './image-cache.js';

/** Encoded images in files that hold many of them. */
export interface EncodedImages {
  readonly length: number;
  /** Place of an image for error messages, such as file and position. */
  nameOf(index: number): string;
  /** Reads encoded images. @throws CarlError INPUT_FILE, INPUT_DATA */
  read(indices: readonly number[]): Promise<readonly Uint8Array[]>;
}

/** Decoded images of a set, and their memory. */
export interface DecodedImages {
  readonly read: ImageSet['read'];
  /** Shares the memory for decoded images with threads. */
  share(): SharedCache;
}

/** Images that are decoded at one time. */
const AT_ONCE = { concurrency: 8 };

/** Decodes images when they are read, and keeps those that fit into a number of bytes or the memory that a thread shares. */
export function encodedImages(stored: EncodedImages, rules: DecodeRules, memory: number | SharedCache): DecodedImages {
  const cache = new ImageCache(typeof memory === 'number' ? cacheLimit(memory) : memory, rules.channels);
  const decodeAll = async (indices: readonly number[]): Promise<ReadonlyMap<number, Decoded>> => {
    const encoded = await stored.read(indices);
    const decoded = await pMap(
      indices,
      async (index, place) => [index, await decodeImage(encoded[place], stored.nameOf(index), rules)] as const,
      AT_ONCE,
    );
    return new Map(decoded);
  };
  return {
    read: async indices => {
      const outside = indices.find(index => !(Number.isInteger(index) && index >= 0 && index < stored.length));
      if (outside !== undefined) throw new RangeError(`Image ${outside} of a set of ${stored.length}`);
      const missing = [...new Set(indices)].filter(index => cache.get(index) === undefined);
      const decoded = missing.length > 0 ? await decodeAll(missing) : new Map<number, Decoded>();
      for (const [index, image] of decoded) cache.offer(index, image);
      return indices.map(index => copyOf((decoded.get(index) ?? cache.get(index))!, rules));
    },
    share: () => cache.share(stored.length),
  };
}

/** A copy, because the caller may change it. */
function copyOf({ bytes, size }: Decoded, { channels }: DecodeRules): StoredImage {
  return { height: size[0], width: size[1], channels, data: new Uint8Array(bytes) };
}
