import type { Image } from '@carl-ssl/core';
import { blank, contains } from './geometry.js';
import type { Box } from './geometry.js';

/**
 * Values beyond the border of an image: zeros, the image mirrored about its outermost pixels, or the outermost pixels
 * repeated.
 */
export type Border = 'zero' | 'reflect' | 'edge';

/** Cuts a box that may extend beyond the image: [H, W, C] -> [box.height, box.width, C]. */
export function cutWindow(image: Image, box: Box, border: Border = 'zero'): Image {
  const result = blank(box, image.channels);
  if (contains(image, box)) copyRows(image, box, result);
  else gather(image, box, { result, border });
  return result;
}

function copyRows(image: Image, box: Box, result: Image): void {
  const length = box.width * image.channels;
  for (let y = 0; y < box.height; y++) {
    const first = ((box.top + y) * image.width + box.left) * image.channels;
    result.data.set(image.data.subarray(first, first + length), y * length);
  }
}

function gather(image: Image, box: Box, to: { readonly result: Image; readonly border: Border }): void {
  const { channels, width } = image;
  const rows = indices(box.top, box.height, { length: image.height, border: to.border });
  const columns = indices(box.left, box.width, { length: width, border: to.border });
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      if (rows[y] < 0 || columns[x] < 0) continue;
      const source = (rows[y] * width + columns[x]) * channels;
      const target = (y * box.width + x) * channels;
      for (let c = 0; c < channels; c++) to.result.data[target + c] = image.data[source + c];
    }
  }
}

/** Source index of each of `count` positions starting at `first`; -1 stands for zero. */
function indices(first: number, count: number, axis: { readonly length: number; readonly border: Border }): Int32Array {
  const { length, border } = axis;
  const inside = (position: number): boolean => position >= 0 && position < length;
  return Int32Array.from({ length: count }, (_, i) => {
    const position = first + i;
    if (inside(position)) return position;
    if (border === 'reflect') return mirrored(position, length);
    return border === 'edge' ? clamped(position, length) : -1;
  });
}

/** Nearest index in 0..length-1. */
export function clamped(position: number, length: number): number {
  return Math.min(Math.max(position, 0), length - 1);
}

/** Index after mirroring about the first and last of `length` values, as often as needed; these two are not repeated. */
export function mirrored(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const phase = ((position % period) + period) % period;
  return phase < length ? phase : period - phase;
}
