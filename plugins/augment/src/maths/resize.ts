import { CarlError } from '@carl-ssl/core';
import type { Image } from '@carl-ssl/core';
import { resamplingFilter } from './axis-filter.js';
import { contains, covers, describeImage, fullBox, roundHalfEven, sameSize } from './geometry.js';
import type { Box, Size } from './geometry.js';
import type { Sampling } from './interpolation.js';
import { filterBox } from './separable.js';
import { cutWindow } from './window.js';

/**
 * Crops a box and resizes it: [H, W, C] -> [target.height, target.width, C]. The filter does not reach beyond the box.
 * Bicubic results may fall outside [0, 1].
 * @throws CarlError INPUT_PIPELINE if the box is not inside the image
 */
export function resizeBox(image: Image, box: Box, target: Size & Sampling): Image {
  if (!contains(image, box)) throw outside(image, box);
  if (sameSize(box, target)) return covers(box, image) ? image : cutWindow(image, box);
  const across = resamplingFilter(box.width, target.width, target);
  const down = resamplingFilter(box.height, target.height, target);
  return filterBox(image, box, { across, down });
}

/** Resizes an image. */
export function resize(image: Image, target: Size & Sampling): Image {
  return resizeBox(image, fullBox(image), target);
}

/** Resizes to the smallest size that covers the target at the same aspect ratio, then crops the centre. */
export function resizeToCover(image: Image, target: Size & Sampling): Image {
  if (sameSize(image, target)) return image;
  const { interpolation, antialias } = target;
  return cutCentre(resize(image, { ...coveringSize(image, target), interpolation, antialias }), target);
}

/** Smallest size with the aspect ratio of the image that covers the target; the side that exceeds it is rounded down. */
export function coveringSize(image: Size, target: Size): Size {
  const byHeight = target.height * image.width >= target.width * image.height;
  if (!byHeight) return { height: Math.floor((target.width * image.height) / image.width), width: target.width };
  return { height: target.height, width: Math.floor((target.height * image.width) / image.height) };
}

/** Crops the centre of an image; a smaller image is surrounded by zeros. */
export function cutCentre(image: Image, size: Size): Image {
  const top = centreOffset(image.height, size.height);
  const left = centreOffset(image.width, size.width);
  return cutWindow(image, { top, left, height: size.height, width: size.width });
}

/** Rounds halves to the even offset for a crop and to the smaller margin for a frame, as torchvision does. */
function centreOffset(side: number, cut: number): number {
  return side >= cut ? roundHalfEven((side - cut) / 2) : -Math.floor((cut - side) / 2);
}

function outside(image: Image, box: Box): CarlError {
  return new CarlError(
    'INPUT_PIPELINE',
    `The crop box (top ${box.top}, left ${box.left}, height ${box.height}, width ${box.width}) is not inside the image ` +
      `(${describeImage(image)}). Make \`top\` + \`height\` at most ${image.height} and \`left\` + \`width\` at most ${image.width}.`,
  );
}
