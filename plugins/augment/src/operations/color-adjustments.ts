import { defineComponent, slots, Type } from '@carl-ssl/core';
import type { Augmentation } from '@carl-ssl/core';
import { colorChannels } from '../maths/gray.js';
import { jitterColors } from '../maths/jitter.js';
import type { ColorAdjustment } from '../maths/jitter.js';
import { colorlessStep } from '../options/channels.js';
import { closed } from '../options/schema.js';

/** Scaling of all values: clamp01(f x). */
export const brightness = defineComponent(slots.augmentation, {
  use: 'brightness',
  description: 'Multiplies all values by a factor and clamps them to [0, 1].',
  options: factorOptions('Brightness factor: 1 leaves the image unchanged, 0 makes it black.'),
  create: ({ factor }) => adjustment('brightness', factor),
});

/** Scaling about the mean: clamp01(f x + (1 - f) m), where m is the mean grey value of the image. */
export const contrast = defineComponent(slots.augmentation, {
  use: 'contrast',
  description: 'Scales the difference between every value and the mean grey of the image, and clamps to [0, 1].',
  options: factorOptions('Contrast factor: 1 leaves the image unchanged, 0 makes it uniformly grey.'),
  create: ({ factor }) => adjustment('contrast', factor),
});

/** Scaling about grey: clamp01(f x + (1 - f) g), where g is the grey value of the pixel. */
export const saturation = defineComponent(slots.augmentation, {
  use: 'saturation',
  description:
    'Scales the difference between every pixel and its own grey, and clamps to [0, 1]. Leaves single-channel images unchanged.',
  options: factorOptions('Saturation factor: 1 leaves the image unchanged, 0 removes all colour.'),
  check: (_, facts) => colorlessStep('saturation', facts),
  create: ({ factor }) => ({ ...adjustment('saturation', factor), outputChannels: colorChannels }),
});

/** Rotation of the hue in HSV. */
export const hue = defineComponent(slots.augmentation, {
  use: 'hue',
  description: 'Rotates the hue of every pixel on the colour circle. Leaves single-channel images unchanged.',
  options: Type.Object(
    {
      shift: Type.Number({
        minimum: -0.5,
        maximum: 0.5,
        description:
          'Shift as a fraction of the colour circle: 0 leaves the image unchanged, 0.5 gives complementary colours.',
      }),
    },
    closed,
  ),
  check: (_, facts) => colorlessStep('hue', facts),
  create: ({ shift }) => ({ ...adjustment('hue', shift), outputChannels: colorChannels }),
});

function factorOptions(description: string) {
  return Type.Object({ factor: Type.Number({ minimum: 0, description }) }, closed);
}

function adjustment(name: ColorAdjustment, amount: number): Augmentation {
  return { apply: image => jitterColors(image, [name], { [name]: amount }) };
}
