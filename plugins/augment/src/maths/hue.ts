import type { Image } from '@carl-ssl/core';
import { clamp01 } from './color.js';

/**
 * Turns the hue of three channels by `shift` of the colour circle; saturation and value stay (the HSV hexagon).
 * `target` may be the image's own data.
 */
export function shiftHue(image: Image, shift: number, target: Float32Array): void {
  const { data } = image;
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i];
    const green = data[i + 1];
    const blue = data[i + 2];
    const high = Math.max(red, green, blue);
    const range = high - Math.min(red, green, blue);
    // Red is at 0, green at 2, blue at 4 sixths of the circle; grey counts as red.
    let hue = 0;
    if (range > 0 && high === red) hue = (green - blue) / range;
    else if (range > 0) hue = high === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
    writeColor(target, i, { hue: turned(hue, shift), high, range });
  }
}

/** A hue in sixths, moved by a share of the circle, in [0, 6). */
function turned(hue: number, shift: number): number {
  const share = hue / 6 + shift;
  const result = (share - Math.floor(share)) * 6;
  return result < 6 ? result : 0;
}

/** In every sixth of the circle one channel is high, one low, and one rises or falls between them. */
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
