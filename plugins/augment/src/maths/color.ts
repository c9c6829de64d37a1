import type { Image } from '@carl-ssl/core';
import { BLUE, GREEN, meanGray, RED } from './gray.js';

/** Writes the adjusted values of an image to `target`, which may be the image's own data. */
export type Adjust = (image: Image, amount: number, target: Float32Array) => void;

/** clamp01(f x) */
export function adjustBrightness(image: Image, factor: number, target: Float32Array): void {
  blend(image.data, { factor, offset: 0 }, target);
}

/** clamp01(f x + (1 - f) m), m the mean of grey over the image. */
export function adjustContrast(image: Image, factor: number, target: Float32Array): void {
  blend(image.data, { factor, offset: (1 - factor) * meanGray(image) }, target);
}

/** clamp01(f x + (1 - f) grey) of three channels. */
export function adjustSaturation(image: Image, factor: number, target: Float32Array): void {
  const { data } = image;
  for (let i = 0; i < data.length; i += 3) {
    const gray = (1 - factor) * (RED * data[i] + GREEN * data[i + 1] + BLUE * data[i + 2]);
    target[i] = clamp01(factor * data[i] + gray);
    target[i + 1] = clamp01(factor * data[i + 1] + gray);
    target[i + 2] = clamp01(factor * data[i + 2] + gray);
  }
}

function blend(
  source: Float32Array,
  by: { readonly factor: number; readonly offset: number },
  target: Float32Array,
): void {
  const { factor, offset } = by;
  for (let i = 0; i < source.length; i++) target[i] = clamp01(factor * source[i] + offset);
}

export function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
