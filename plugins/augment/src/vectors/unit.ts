import type { Image } from '@carl-ssl/core';
import { VectorUnit } from './kernels.js';

const available = VectorUnit.create();
let used = available;

/** The vector unit, for images that its kernels take; otherwise the forms in JavaScript are used. */
export function vectorsFor({ channels }: Pick<Image, 'channels'>): VectorUnit | undefined {
  // Golden cases in float64 put Float64Array in the place of Float32Array.
  return channels === 3 && Float32Array.BYTES_PER_ELEMENT === 4 ? used : undefined;
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
