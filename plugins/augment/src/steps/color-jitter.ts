import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { COLOR_ADJUSTMENTS, jitterColors } from '../maths/jitter.js';
import { closed } from '../options/closed.js';
import { colorlessOptions } from '../options/colorless.js';

const factor = (what: string) =>
  Type.Number({ minimum: 0, default: 1, description: `Factor of ${what}; 1 changes nothing.` });

/** The four colour adjustments with given amounts; each clamps before the next. */
export const colorJitter = defineComponent(slots.augmentation, {
  use: 'color-jitter',
  description: 'Changes brightness, contrast, saturation and hue by given amounts, in a given order.',
  source: 'torchvision ColorJitter',
  options: Type.Object(
    {
      order: Type.Array(Type.Union(COLOR_ADJUSTMENTS.map(name => Type.Literal(name))), {
        uniqueItems: true,
        default: [...COLOR_ADJUSTMENTS],
        description: 'What is adjusted, first to last. What is not named is left alone.',
      }),
      brightness: factor('brightness'),
      contrast: factor('contrast'),
      saturation: factor('saturation'),
      hue: Type.Number({
        minimum: -0.5,
        maximum: 0.5,
        default: 0,
        description: 'Shift of the hue; 0 changes nothing.',
      }),
    },
    closed,
  ),
  check: ({ saturation, hue }, facts) =>
    colorlessOptions([...(saturation === 1 ? [] : ['saturation']), ...(hue === 0 ? [] : ['hue'])], facts),
  create: ({ order, ...amounts }) => ({ apply: image => jitterColors(image, order, amounts) }),
});
