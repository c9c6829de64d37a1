import { defineComponent, slots } from '@carl-ssl/core';
import type { Finding, Image } from '@carl-ssl/core';
import { Type } from 'typebox';
import { coveringSize, cutCentre, resize } from '../maths/resize.js';
import type { Size } from '../maths/geometry.js';
import { closed } from '../options/closed.js';
import { samplingOptions } from '../options/sampling.js';
import { SizeOption, sizeOf } from '../options/size.js';
import type { SizeValue } from '../options/size.js';

/** The usual view of a photograph for evaluation. */
export const resizeCenterCrop = defineComponent(slots.augmentation, {
  use: 'resize-center-crop',
  description: 'Resizes the image, then cuts its centre.',
  source: 'torchvision Resize and CenterCrop',
  options: Type.Object(
    {
      resize: SizeOption(
        'One number: the shorter side becomes this long and the ratio is kept. Two: exactly this size.',
      ),
      crop: SizeOption('Size of the centre that is cut out.'),
      ...samplingOptions,
    },
    closed,
  ),
  check: ({ resize: to, crop }) => frameFindings(sizeOf(to), sizeOf(crop)),
  create: ({ resize: to, crop, interpolation, antialias }) => ({
    apply: image => cutCentre(resize(image, { ...resizedSize(image, to), interpolation, antialias }), sizeOf(crop)),
  }),
});

function resizedSize(image: Image, to: SizeValue): Size {
  return typeof to === 'number' ? coveringSize(image, { height: to, width: to }) : sizeOf(to);
}

function frameFindings(resized: Size, crop: Size): readonly Finding[] {
  if (crop.height <= resized.height && crop.width <= resized.width) return [];
  const message =
    `\`crop\` (${crop.height}x${crop.width}) is larger than \`resize\` (${resized.height}x${resized.width}), ` +
    'so images may get a black frame. Make `crop` as small as `resize` or smaller.';
  return [{ severity: 'warning', code: 'AUGMENT_FRAME', path: 'crop', message }];
}
