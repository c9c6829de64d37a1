import type { Decoded } from './decode.js';
import {
  putSharedImage,
  sharedImage,
  sharedImageMemory,
  takeUnits,
  UNIT,
  unitsOf,
  type SharedImageMemory,
} from './shared-cache.js';

/** Memory for the decoded images of several sets in all threads together. */
export interface CacheLimit {
  readonly bytes: number;
  /** Units in use, in memory that threads share. */
  readonly used: Int32Array;
}

/** A cache in a form that can be sent to a thread. */
export interface SharedCache {
  readonly limit: CacheLimit;
  readonly memory: SharedImageMemory;
}

/** A limit of which nothing is used. */
export function cacheLimit(bytes: number): CacheLimit {
  return { bytes, used: new Int32Array(new SharedArrayBuffer(4)) };
}

/** Decoded images of a set, by index, within a limit. Images that do not fit are not kept. Threads can share the images. */
export class ImageCache {
  readonly #limit: CacheLimit;
  readonly #own = new Map<number, Decoded>();
  #memory: SharedImageMemory | undefined;

  constructor(
    from: CacheLimit | SharedCache,
    private readonly channels: number,
  ) {
    this.#limit = 'limit' in from ? from.limit : from;
    if ('memory' in from) this.#memory = from.memory;
  }

  /** An image of the cache; its bytes must not be changed. */
  get(index: number): Decoded | undefined {
    return this.#own.get(index) ?? (this.#memory && sharedImage(this.#memory, index, this.channels));
  }

  /** Keeps an image if there is room for it. Returns true if this call did; the image then belongs to the cache. */
  offer(index: number, image: Decoded): boolean {
    if (this.get(index)) return false;
    const units = unitsOf(image.bytes.length);
    const { used, bytes } = this.#limit;
    if (takeUnits(used, units, { at: 0, most: Math.floor(bytes / UNIT) }) === undefined) return false;
    if (!this.#memory) this.#own.set(index, image);
    else if (!putSharedImage(this.#memory, index, image)) {
      Atomics.sub(used, 0, units);
      return false;
    }
    return true;
  }

  /** Moves the images to memory that threads share. */
  share(images: number): SharedCache {
    if (!this.#memory) {
      this.#memory = sharedImageMemory(images, this.#limit.bytes);
      for (const [index, image] of this.#own) if (putSharedImage(this.#memory, index, image)) this.#own.delete(index);
    }
    return { limit: this.#limit, memory: this.#memory };
  }
}
