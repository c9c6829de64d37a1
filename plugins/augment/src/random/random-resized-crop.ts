import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { randomBox } from '../maths/random-box.js';
import { resizeBox } from '../maths/resize.js';
import { ratioOption, ScaleOption } from '../options/box-range.js';
import { closed } from '../options/closed.js';
import { rangeFindings } from '../options/range.js';
import { samplingOptions } from '../options/sampling.js';
import { SizeOption, sizeOf } from '../options/size.js';

/** Draws per try: area, ratio; of the try that fits: top, left. Ten tries without a fit give the central box. */
export const randomResizedCrop = defineComponent(slots.augmentation, {
  use: 'random-resized-crop',
  description: 'Cuts a box of random area, ratio and place out of the image and resizes it.',
  source: 'torchvision RandomResizedCrop; arXiv 1409.4842',
  options: Type.Object(
    { size: SizeOption('Size of the result.'), scale: ScaleOption([0.08, 1]), ratio: ratioOption, ...samplingOptions },
    closed,
  ),
  check: ({ scale, ratio }) => [...rangeFindings('scale', scale), ...rangeFindings('ratio', ratio)],
  create: ({ size, scale, ratio, interpolation, antialias }) => {
    const target = { ...sizeOf(size), interpolation, antialias };
    return { apply: (image, random) => resizeBox(image, randomBox(image, { scale, ratio }, random), target) };
  },
});
