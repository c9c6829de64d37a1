import { CarlError, defineComponent, slots } from '@carl-ssl/core';
import type { Image, Random } from '@carl-ssl/core';
import { Type } from 'typebox';
import { describeImage } from '../maths/geometry.js';
import type { Box, Size } from '../maths/geometry.js';
import { cutWindow } from '../maths/window.js';
import { closed } from '../options/closed.js';
import { SizeOption, sizeOf } from '../options/size.js';

/** Draws: top, left. */
export const randomCrop = defineComponent(slots.augmentation, {
  use: 'random-crop',
  description: 'Cuts a box of given size at a random place, after padding; nothing is resized.',
  source: 'torchvision RandomCrop',
  options: Type.Object(
    {
      size: SizeOption('Size of the result.'),
      padding: Type.Integer({
        minimum: 0,
        maximum: 16384,
        default: 0,
        description: 'Pixels added on all four sides before the cut.',
      }),
      border: Type.Union([Type.Literal('zero'), Type.Literal('reflect'), Type.Literal('edge')], {
        default: 'zero',
        description: 'What is added: zeros, the image mirrored about its outermost pixels, or these pixels repeated.',
      }),
    },
    closed,
  ),
  create: ({ size, padding, border }) => ({
    apply: (image, random) => cutWindow(image, drawBox(image, { ...sizeOf(size), padding }, random), border),
  }),
});

function drawBox(image: Image, cut: Size & { readonly padding: number }, random: Random): Box {
  const { height, width, padding } = cut;
  const rows = image.height + 2 * padding - height;
  const columns = image.width + 2 * padding - width;
  if (rows < 0 || columns < 0) throw tooSmall(image, cut);
  return { top: random.integer(rows + 1) - padding, left: random.integer(columns + 1) - padding, height, width };
}

function tooSmall(image: Image, { height, width, padding }: Size & { readonly padding: number }): CarlError {
  const lacking = Math.max(height - image.height, width - image.width);
  return new CarlError(
    'INPUT_PIPELINE',
    `A crop of ${height}x${width} pixels does not fit into an image of ${describeImage(image)} with \`padding\` ${padding}. ` +
      `Make \`size\` smaller or \`padding\` at least ${Math.ceil(lacking / 2)}.`,
  );
}
