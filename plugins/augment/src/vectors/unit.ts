import type { Image } from '@carl-ssl/core';
import { VectorUnit } from './kernels.js';

const available = VectorUnit.create();
let used = available;

/** The vector unit, for images that its kernels take; otherwise the forms in JavaScript are used. */
export function vectorsFor({ channels }: Pick<Image, 'channels'>): VectorUnit | undefined {
  // Golden cases in float64 put Float64Array in the place of Float32Array.
  return channels === 3 && Float32Array.BYTES_PER_ELEMENT === 4 ? used : undefined;
}

/**
 * Runs the operations of a view; between them, images of the vector unit stay in its memory.
 * @param into where the values of the view are written, if they are in that memory
 */
export function inVectorMemory(work: () => Image, into?: Float32Array): Image {
  return used ? used.inMemory(work, into) : work();
}

/** Gives up an image that no one will read. */
export function giveUp(image: Image): void {
  used?.giveUp(image);
}

/** Runs work without the vector kernels, to compare their results with those in JavaScript. */
export function withoutVectors<T>(work: () => T): T {
  used = undefined;
  try {
    return work();
  } finally {
    used = available;
  }
}
