import type { Image } from '@carl-ssl/core';
import { mirrorByVectors } from '../vectors/colors.js';
import { vectorsFor } from '../vectors/unit.js';
import { blank } from './geometry.js';

/** Mirrors left to right. */
export function flipHorizontally(image: Image): Image {
  const unit = vectorsFor(image);
  if (unit) return mirrorByVectors(unit, image);
  const { data, channels, width } = image;
  const result = blank(image, channels);
  for (let row = 0; row < data.length; row += width * channels) {
    for (let x = 0; x < width; x++) {
      const source = row + x * channels;
      const target = row + (width - 1 - x) * channels;
      for (let c = 0; c < channels; c++) result.data[target + c] = data[source + c];
    }
  }
  return result;
}

/** Mirrors top to bottom. */
export function flipVertically(image: Image): Image {
  const { data, height } = image;
  const result = blank(image, image.channels);
  const length = image.width * image.channels;
  for (let y = 0; y < height; y++) {
    result.data.set(data.subarray(y * length, (y + 1) * length), (height - 1 - y) * length);
  }
  return result;
}
