import { defineComponent, slots, Type } from '@carl-ssl/core';
import { randomBox } from '../maths/random-box.js';
import { resizeBox } from '../maths/resize.js';
import { ratioOption, samplingOptions, ScaleOption, SizeOption, sizeOf } from '../options/sampling.js';
import { closed, rangeFindings } from '../options/schema.js';

const sizeOption = SizeOption('Size of the result');

/** Crop of a fixed box, resized. Throws INPUT_PIPELINE if the box is not inside the image. */
export const resizedCrop = defineComponent(slots.augmentation, {
  use: 'resized-crop',
  description: 'Crops a given box and resizes it.',
  source: 'torchvision resized_crop',
  options: Type.Object(
    {
      top: Type.Integer({ minimum: 0, description: 'First row of the box, counted from 0.' }),
      left: Type.Integer({ minimum: 0, description: 'First column of the box, counted from 0.' }),
      height: Type.Integer({ minimum: 1, description: 'Height of the box in pixels.' }),
      width: Type.Integer({ minimum: 1, description: 'Width of the box in pixels.' }),
      size: sizeOption,
      ...samplingOptions,
    },
    closed,
  ),
  create: ({ size, interpolation, antialias, ...box }) => {
    const target = { ...sizeOf(size), interpolation, antialias };
    return { apply: image => resizeBox(image, box, target) };
  },
});

/**
 * Random form of {@link resizedCrop}. Each of up to ten attempts draws an area and an aspect ratio; the first attempt
 * that fits into the image draws top and left. If none fits, the crop is the largest central box of an allowed ratio.
 */
export const randomResizedCrop = defineComponent(slots.augmentation, {
  use: 'random-resized-crop',
  description: 'Crops a box of random area, aspect ratio and position and resizes it.',
  source: 'torchvision RandomResizedCrop; arXiv 1409.4842',
  options: Type.Object(
    { size: sizeOption, scale: ScaleOption([0.08, 1]), ratio: ratioOption, ...samplingOptions },
    closed,
  ),
  check: ({ scale, ratio }) => [...rangeFindings('scale', scale), ...rangeFindings('ratio', ratio)],
  create: ({ size, scale, ratio, interpolation, antialias }) => {
    const target = { ...sizeOf(size), interpolation, antialias };
    return {
      apply: (image, random, drawn) => {
        const box = randomBox(image, { scale, ratio }, random);
        drawn?.('crop', { ...box, ofHeight: image.height, ofWidth: image.width });
        return resizeBox(image, box, target);
      },
    };
  },
});
