import type { Random } from '@carl-ssl/core';
import { roundHalfEven } from './geometry.js';
import type { Box, Size } from './geometry.js';

/** Ranges of the area and aspect ratio of a random crop. */
export interface BoxRange {
  /** Smallest and largest area as a fraction of the image area. */
  readonly scale: readonly number[];
  /** Smallest and largest width / height; its logarithm is drawn uniformly. */
  readonly ratio: readonly number[];
}

const ATTEMPTS = 10;

/**
 * Draws a random box of the image. Each attempt draws area and ratio; the first attempt that fits draws top and left.
 * Returns {@link centralBox} if ten attempts fail.
 */
export function randomBox(image: Size, range: BoxRange, random: Random): Box {
  const area = image.height * image.width;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const target = area * random.range(range.scale[0], range.scale[1]);
    const ratio = Math.exp(random.range(Math.log(range.ratio[0]), Math.log(range.ratio[1])));
    const width = roundHalfEven(Math.sqrt(target * ratio));
    const height = roundHalfEven(Math.sqrt(target / ratio));
    if (width < 1 || height < 1 || width > image.width || height > image.height) continue;
    return {
      top: random.integer(image.height - height + 1),
      left: random.integer(image.width - width + 1),
      height,
      width,
    };
  }
  return centralBox(image, range.ratio);
}

/** Largest central box with an allowed aspect ratio. */
function centralBox(image: Size, ratio: readonly number[]): Box {
  const own = image.width / image.height;
  let { height, width } = image;
  if (own < ratio[0]) height = Math.max(1, Math.min(height, roundHalfEven(width / ratio[0])));
  else if (own > ratio[1]) width = Math.max(1, Math.min(width, roundHalfEven(height * ratio[1])));
  return { top: Math.floor((image.height - height) / 2), left: Math.floor((image.width - width) / 2), height, width };
}
