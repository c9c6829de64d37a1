import { defineComponent, slots, Type } from '@carl-ssl/core';
import type { Finding, Image } from '@carl-ssl/core';
import type { Size } from '../maths/geometry.js';
import { coveringSize, cutCentre, resize } from '../maths/resize.js';
import { samplingOptions, SizeOption, sizeOf } from '../options/sampling.js';
import type { SizeValue } from '../options/sampling.js';
import { closed } from '../options/schema.js';

/** Resizing followed by a central crop: the usual evaluation view of a photograph. */
export const resizeCenterCrop = defineComponent(slots.augmentation, {
  use: 'resize-center-crop',
  description: 'Resizes the image and crops its centre.',
  source: 'torchvision Resize and CenterCrop',
  options: Type.Object(
    {
      resize: SizeOption(
        'Size before the crop',
        'one number for the length of the shorter side with the aspect ratio kept, or exactly [height, width]',
      ),
      crop: SizeOption('Size of the central crop'),
      ...samplingOptions,
    },
    closed,
  ),
  check: ({ resize: resized, crop }) => frameFindings(sizeOf(resized), sizeOf(crop)),
  create: ({ resize: resized, crop, interpolation, antialias }) => {
    const size = sizeOf(crop);
    return {
      apply: image => cutCentre(resize(image, { ...resizedSize(image, resized), interpolation, antialias }), size),
    };
  },
});

function resizedSize(image: Image, value: SizeValue): Size {
  return typeof value === 'number' ? coveringSize(image, sizeOf(value)) : sizeOf(value);
}

/** Warning for a crop that may be larger than the resized image. */
function frameFindings(resized: Size, crop: Size): readonly Finding[] {
  if (crop.height <= resized.height && crop.width <= resized.width) return [];
  const message =
    `\`crop\` (${crop.height}x${crop.width}) is larger than \`resize\` (${resized.height}x${resized.width}), ` +
    'so images may get a black frame. Reduce `crop` to at most the size of `resize`.';
  return [{ severity: 'warning', code: 'AUGMENT_FRAME', path: 'crop', message }];
}
