import { defineComponent, slots } from '@carl-ssl/core';
import type { Random } from '@carl-ssl/core';
import { Type } from 'typebox';
import { COLOR_ADJUSTMENTS, colorChannels, jitterColors } from '../maths/jitter.js';
import type { ColorAmounts } from '../maths/jitter.js';
import { closed } from '../options/closed.js';
import { colorlessOptions } from '../options/colorless.js';
import { Probability } from '../options/probability.js';

const strength = (what: string) =>
  Type.Number({
    minimum: 0,
    default: 0,
    description: `The factor of ${what} is drawn from [max(0, 1 - this), 1 + this].`,
  });

/** Draws: whether; then the order of the four; then brightness, contrast, saturation, hue. A strength of 0 leaves its part out. */
export const randomColorJitter = defineComponent(slots.augmentation, {
  use: 'random-color-jitter',
  description:
    'Changes brightness, contrast, saturation and hue by random amounts in random order, with a probability.',
  source: 'torchvision ColorJitter',
  options: Type.Object(
    {
      brightness: strength('brightness'),
      contrast: strength('contrast'),
      saturation: strength('saturation'),
      hue: Type.Number({
        minimum: 0,
        maximum: 0.5,
        default: 0,
        description: 'The shift of the hue is drawn from [-this, this].',
      }),
      probability: Probability(0.8, 'Share of the images that are changed.'),
    },
    closed,
  ),
  check: (options, facts) =>
    colorlessOptions(
      (['saturation', 'hue'] as const).filter(key => options[key] > 0),
      facts,
    ),
  create: ({ probability, ...strengths }) => ({
    apply: (image, random) => {
      if (!random.chance(probability)) return image;
      const order = Array.from(random.permutation(COLOR_ADJUSTMENTS.length), index => COLOR_ADJUSTMENTS[index]);
      const amounts = drawAmounts(strengths, random);
      return jitterColors(
        image,
        order.filter(name => strengths[name] > 0),
        amounts,
      );
    },
    outputChannels: colorChannels,
  }),
});

function drawAmounts(strengths: ColorAmounts, random: Random): ColorAmounts {
  const factor = (strength: number): number => random.range(Math.max(0, 1 - strength), 1 + strength);
  return {
    brightness: factor(strengths.brightness),
    contrast: factor(strengths.contrast),
    saturation: factor(strengths.saturation),
    hue: random.range(-strengths.hue, strengths.hue),
  };
}
