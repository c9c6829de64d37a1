import { CarlError } from '@carl-ssl/core';
import type { Image } from '@carl-ssl/core';
import { resamplingFilter } from './axis-filter.js';
import { contains, covers, describeImage, roundHalfEven, sameSize } from './geometry.js';
import type { Box, Size } from './geometry.js';
import type { Sampling } from './interpolation.js';
import { filterBox } from './separable.js';
import { cutWindow } from './window.js';

/** Cuts a box and resizes it; weights stop at the border of the box. Bicubic results may leave [0, 1]. @throws CarlError INPUT_PIPELINE */
export function resizeBox(image: Image, box: Box, target: Size & Sampling): Image {
  if (!contains(image, box)) throw outside(image, box);
  if (sameSize(box, target)) return covers(box, image) ? image : cutWindow(image, box);
  const across = resamplingFilter(box.width, target.width, target);
  const down = resamplingFilter(box.height, target.height, target);
  return filterBox(image, box, { across, down });
}

/** The whole image at another size. */
export function resize(image: Image, target: Size & Sampling): Image {
  return resizeBox(image, { top: 0, left: 0, height: image.height, width: image.width }, target);
}

/** Resizes so that the target is covered with the sides' ratio kept, then cuts its centre. */
export function resizeToCover(image: Image, target: Size & Sampling): Image {
  if (sameSize(image, target)) return image;
  const { interpolation, antialias } = target;
  return cutCentre(resize(image, { ...coveringSize(image, target), interpolation, antialias }), target);
}

/** The smallest size with the image's ratio of sides that covers the target; the longer side is rounded down. */
export function coveringSize(image: Size, target: Size): Size {
  const byHeight = target.height * image.width >= target.width * image.height;
  if (!byHeight) return { height: Math.floor((target.width * image.height) / image.width), width: target.width };
  return { height: target.height, width: Math.floor((target.height * image.width) / image.height) };
}

/** The centre of an image; where the image is smaller, zeros surround it. */
export function cutCentre(image: Image, size: Size): Image {
  const top = centreOffset(image.height, size.height);
  const left = centreOffset(image.width, size.width);
  return cutWindow(image, { top, left, height: size.height, width: size.width });
}

/** Halves go to the even offset for a cut and to the smaller margin for a frame, as torchvision has it. */
function centreOffset(side: number, cut: number): number {
  return side >= cut ? roundHalfEven((side - cut) / 2) : -Math.floor((cut - side) / 2);
}

function outside(image: Image, box: Box): CarlError {
  return new CarlError(
    'INPUT_PIPELINE',
    `The crop (top ${box.top}, left ${box.left}, height ${box.height}, width ${box.width}) is not inside the image ` +
      `(${describeImage(image)}). Make \`top\` + \`height\` at most ${image.height} and \`left\` + \`width\` at most ${image.width}.`,
  );
}
