import { CarlError, defineComponent, slots, Type } from '@carl-ssl/core';
import type { Image, Random } from '@carl-ssl/core';
import { describeImage } from '../maths/geometry.js';
import type { Box, Size } from '../maths/geometry.js';
import { cutWindow } from '../maths/window.js';
import { SizeOption, sizeOf } from '../options/sampling.js';
import { closed } from '../options/schema.js';

/** Crop at a random position of the padded image. Draws top, then left. */
export const randomCrop = defineComponent(slots.augmentation, {
  use: 'random-crop',
  description: 'Pads the image and crops a box of a given size at a random position, without resizing.',
  source: 'torchvision RandomCrop',
  options: Type.Object(
    {
      size: SizeOption('Size of the crop'),
      padding: Type.Integer({
        minimum: 0,
        maximum: 16384,
        default: 0,
        description: 'Pixels added on each of the four sides before the crop.',
      }),
      border: Type.Union([Type.Literal('zero'), Type.Literal('reflect'), Type.Literal('edge')], {
        default: 'zero',
        description:
          'Values of the padding: zeros, the image mirrored about its outermost pixels, or the outermost pixels repeated.',
      }),
    },
    closed,
  ),
  create: ({ size, padding, border }) => {
    const crop = { ...sizeOf(size), padding };
    return {
      apply: (image, random, drawn) => {
        const box = drawBox(image, crop, random);
        drawn?.('crop', { ...box, ofHeight: image.height, ofWidth: image.width });
        return cutWindow(image, box, border);
      },
    };
  },
});

interface PaddedCrop extends Size {
  /** Pixels on each side of the image. */
  readonly padding: number;
}

/** Box in coordinates of the image without padding. @throws CarlError INPUT_PIPELINE */
function drawBox(image: Image, crop: PaddedCrop, random: Random): Box {
  const { height, width, padding } = crop;
  const rows = image.height + 2 * padding - height;
  const columns = image.width + 2 * padding - width;
  if (rows < 0 || columns < 0) throw tooSmall(image, crop);
  return { top: random.integer(rows + 1) - padding, left: random.integer(columns + 1) - padding, height, width };
}

function tooSmall(image: Image, { height, width, padding }: PaddedCrop): CarlError {
  const missing = Math.max(height - image.height, width - image.width);
  return new CarlError(
    'INPUT_PIPELINE',
    `A crop of ${height}x${width} pixels does not fit into an image of ${describeImage(image)}, with \`padding\` ${padding}. ` +
      `Reduce \`size\`, or set \`padding\` to at least ${Math.ceil(missing / 2)}.`,
  );
}
