import type { Image } from '@carl-ssl/core';
import { blank } from './geometry.js';

/** Inverts all values at or above the threshold: x >= threshold becomes 1 - x. */
export function solarizeFrom(image: Image, threshold: number): Image {
  const { data } = image;
  const result = blank(image, image.channels);
  for (let i = 0; i < data.length; i++) result.data[i] = data[i] >= threshold ? 1 - data[i] : data[i];
  return result;
}
