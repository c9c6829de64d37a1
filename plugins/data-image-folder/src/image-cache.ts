import type { Decoded } from './decode.js';

/** Decoded images in memory, up to a number of bytes. Images that do not fit are not kept. */
export class ImageCache {
  readonly #images = new Map<string, Decoded>();
  #limit: number;
  #used = 0;

  /** @param bytes limit for all image sets that use the cache, in all threads together */
  constructor(readonly bytes: number) {
    this.#limit = bytes;
  }

  get(path: string): Decoded | undefined {
    return this.#images.get(path);
  }

  /** Keeps an image if there is room for it. Returns true if it was kept. */
  offer(path: string, image: Decoded): boolean {
    if (this.#images.has(path) || this.#used + image.bytes.length > this.#limit) return false;
    this.#images.set(path, image);
    this.#used += image.bytes.length;
    return true;
  }

  /** Reduces the limit to one of `parts` equal parts, the others being for further threads; returns its bytes. */
  divide(parts: number): number {
    this.#limit = Math.floor(this.bytes / parts);
    for (const [path, { bytes }] of this.#images) {
      if (this.#used <= this.#limit) break;
      this.#images.delete(path);
      this.#used -= bytes.length;
    }
    return this.#limit;
  }
}
