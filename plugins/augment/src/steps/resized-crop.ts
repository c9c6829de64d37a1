import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { resizeBox } from '../maths/resize.js';
import { closed } from '../options/closed.js';
import { samplingOptions } from '../options/sampling.js';
import { SizeOption, sizeOf } from '../options/size.js';

/** A fixed box of the image, resized. */
export const resizedCrop = defineComponent(slots.augmentation, {
  use: 'resized-crop',
  description: 'Cuts a given box out of the image and resizes it.',
  source: 'torchvision resized_crop',
  options: Type.Object(
    {
      top: Type.Integer({ minimum: 0, description: 'First row of the box.' }),
      left: Type.Integer({ minimum: 0, description: 'First column of the box.' }),
      height: Type.Integer({ minimum: 1, description: 'Rows of the box.' }),
      width: Type.Integer({ minimum: 1, description: 'Columns of the box.' }),
      size: SizeOption('Size of the result.'),
      ...samplingOptions,
    },
    closed,
  ),
  create: ({ size, interpolation, antialias, ...box }) => {
    const target = { ...sizeOf(size), interpolation, antialias };
    return { apply: image => resizeBox(image, box, target) };
  },
});
