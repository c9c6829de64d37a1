import { CarlError } from '@carl-ssl/core';
import type { Image } from '@carl-ssl/core';
import { grayByVectors } from '../vectors/colors.js';
import { vectorsFor } from '../vectors/unit.js';
import { blank, describeImage } from './geometry.js';

/** Weights of red, green and blue in grey (ITU-R 601-2), rounded to four digits as in torchvision. */
export const RED = 0.2989;
export const GREEN = 0.587;
export const BLUE = 0.114;

/**
 * Converts to grey, in one channel or repeated in several: [H, W, 1 or 3] -> [H, W, channels].
 * @throws CarlError INPUT_PIPELINE for any other number of input channels
 */
export function toGray(image: Image, channels: number): Image {
  if (image.channels === 1) return channels === 1 ? image : repeated(image, channels);
  if (image.channels !== 3) throw noColor(image);
  const unit = channels === 3 ? vectorsFor(image) : undefined;
  if (unit) return grayByVectors(unit, image);
  const { data } = image;
  const result = blank(image, channels);
  for (let source = 0, target = 0; source < data.length; source += 3) {
    const gray = RED * data[source] + GREEN * data[source + 1] + BLUE * data[source + 2];
    for (let c = 0; c < channels; c++) result.data[target++] = gray;
  }
  return result;
}

/** Number of channels after an operation that needs one or three and keeps them; undefined for any other number. */
export function colorChannels(inputChannels: number): number | undefined {
  return inputChannels === 1 || inputChannels === 3 ? inputChannels : undefined;
}

function repeated(image: Image, channels: number): Image {
  const result = blank(image, channels);
  for (let i = 0; i < result.data.length; i++) result.data[i] = image.data[Math.floor(i / channels)];
  return result;
}

function noColor(image: Image): CarlError {
  return new CarlError(
    'INPUT_PIPELINE',
    `Conversion to grey needs one or three channels, but the image has ${describeImage(image)}. Remove the grayscale step.`,
  );
}

/** Mean grey value of a three-channel image; mean of all values for any other number of channels. */
export function meanGray(image: Image): number {
  const { data } = image;
  let sum = 0;
  if (image.channels !== 3) {
    for (let i = 0; i < data.length; i++) sum += data[i];
    return sum / data.length;
  }
  for (let i = 0; i < data.length; i += 3) sum += RED * data[i] + GREEN * data[i + 1] + BLUE * data[i + 2];
  return (3 * sum) / data.length;
}
