import type { Image } from '@carl-ssl/core';
import { BLUE, GREEN, meanGray, RED } from './gray.js';

/** Writes the adjusted values of an image to `target`, which may be the data of the image itself. */
export type Adjust = (image: Image, amount: number, target: Float32Array) => void;

/** Scales all values: clamp01(f x). */
export function adjustBrightness(image: Image, factor: number, target: Float32Array): void {
  scale(image.data, { factor, offset: 0 }, target);
}

/** Scales all values about the mean grey m of the image: clamp01(f x + (1 - f) m). */
export function adjustContrast(image: Image, factor: number, target: Float32Array): void {
  scale(image.data, { factor, offset: (1 - factor) * meanGray(image) }, target);
}

function scale(
  source: Float32Array,
  by: { readonly factor: number; readonly offset: number },
  target: Float32Array,
): void {
  const { factor, offset } = by;
  for (let i = 0; i < source.length; i++) target[i] = clamp01(factor * source[i] + offset);
}

/** Scales the three channels of each pixel about its grey g: clamp01(f x + (1 - f) g). */
export function adjustSaturation(image: Image, factor: number, target: Float32Array): void {
  const { data } = image;
  for (let i = 0; i < data.length; i += 3) {
    const gray = (1 - factor) * (RED * data[i] + GREEN * data[i + 1] + BLUE * data[i + 2]);
    target[i] = clamp01(factor * data[i] + gray);
    target[i + 1] = clamp01(factor * data[i + 1] + gray);
    target[i + 2] = clamp01(factor * data[i + 2] + gray);
  }
}

/** Shifts the hue of three channels by a fraction of the colour circle; saturation and value of HSV stay. */
export function shiftHue(image: Image, shift: number, target: Float32Array): void {
  const { data } = image;
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i];
    const green = data[i + 1];
    const blue = data[i + 2];
    const high = Math.max(red, green, blue);
    const range = high - Math.min(red, green, blue);
    // Hue in sixths of the circle: red is 0, green 2, blue 4. Grey has no hue and counts as red.
    let hue = 0;
    if (range > 0 && high === red) hue = (green - blue) / range;
    else if (range > 0) hue = high === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
    writeColor(target, i, { hue: shifted(hue, shift), high, range });
  }
}

/** Hue in sixths of the circle, shifted by a fraction of the circle, in [0, 6). */
function shifted(hue: number, shift: number): number {
  const fraction = hue / 6 + shift;
  const result = (fraction - Math.floor(fraction)) * 6;
  return result < 6 ? result : 0;
}

/** Writes a pixel. In each sixth of the circle one channel is high, one is low, and one rises or falls in between. */
function writeColor(target: Float32Array, at: number, color: { hue: number; high: number; range: number }): void {
  const { hue, high, range } = color;
  const sector = Math.floor(hue);
  const low = clamp01(high - range);
  const falling = clamp01(high - range * (hue - sector));
  const rising = clamp01(high - range * (1 - hue + sector));
  target[at] = sector === 0 || sector === 5 ? high : sector === 1 ? falling : sector === 4 ? rising : low;
  target[at + 1] = sector === 1 || sector === 2 ? high : sector === 0 ? rising : sector === 3 ? falling : low;
  target[at + 2] = sector === 3 || sector === 4 ? high : sector === 2 ? rising : sector === 5 ? falling : low;
}

function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
