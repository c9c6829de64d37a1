import { defineComponent, slots, Type } from '@carl-ssl/core';
import type { Random } from '@carl-ssl/core';
import { colorChannels } from '../maths/gray.js';
import { affects, COLOR_ADJUSTMENTS, jitterColors } from '../maths/jitter.js';
import type { ColorAmounts } from '../maths/jitter.js';
import { colorlessOptions } from '../options/channels.js';
import { closed, Probability } from '../options/schema.js';
import { withProbability } from './composition.js';

const factor = (name: string) =>
  Type.Number({
    minimum: 0,
    default: 1,
    description: `${name} factor; 1 leaves the image unchanged.`,
  });

/** The four colour adjustments by fixed amounts. Each clamps to [0, 1] before the next. */
export const colorJitter = defineComponent(slots.augmentation, {
  use: 'color-jitter',
  description: 'Adjusts brightness, contrast, saturation and hue by given amounts, in a given order.',
  source: 'torchvision ColorJitter',
  options: Type.Object(
    {
      order: Type.Array(Type.Union(COLOR_ADJUSTMENTS.map(name => Type.Literal(name))), {
        uniqueItems: true,
        default: [...COLOR_ADJUSTMENTS],
        description: 'Adjustments in the order they are applied; omitted adjustments are skipped.',
      }),
      brightness: factor('Brightness'),
      contrast: factor('Contrast'),
      saturation: factor('Saturation'),
      hue: Type.Number({
        minimum: -0.5,
        maximum: 0.5,
        default: 0,
        description: 'Shift of the hue as a fraction of the colour circle; 0 leaves the image unchanged.',
      }),
    },
    closed,
  ),
  check: ({ saturation, hue }, facts) =>
    colorlessOptions([...(saturation === 1 ? [] : ['saturation']), ...(hue === 0 ? [] : ['hue'])], facts),
  create: ({ order, ...amounts }) => ({ apply: image => jitterColors(image, order, amounts) }),
});

const strength = (name: string) =>
  Type.Number({
    minimum: 0,
    default: 0,
    description: `Strength s of the ${name} adjustment; the factor is drawn uniformly from [max(0, 1 - s), 1 + s].`,
  });

/**
 * Random form of {@link colorJitter}. Draws whether to adjust, then a permutation of the four adjustments, then the
 * amounts of brightness, contrast, saturation and hue. Adjustments of strength 0 are drawn too but not applied.
 */
export const randomColorJitter = defineComponent(slots.augmentation, {
  use: 'random-color-jitter',
  description:
    'Adjusts brightness, contrast, saturation and hue by random amounts in random order, with a probability.',
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
        description: 'Strength s of the hue adjustment; the shift is drawn uniformly from [-s, s].',
      }),
      probability: Probability(0.8, 'Probability that the colours of an image are adjusted.'),
    },
    closed,
  ),
  check: (options, facts) => {
    const positive = (['saturation', 'hue'] as const).filter(key => options[key] > 0);
    return colorlessOptions(positive, facts);
  },
  create: ({ probability, ...strengths }) => ({
    apply: withProbability(probability, (image, random, drawn) => {
      const order = Array.from(random.permutation(COLOR_ADJUSTMENTS.length), index => COLOR_ADJUSTMENTS[index]);
      const amounts = drawAmounts(strengths, random);
      const applied = order.filter(name => strengths[name] > 0);
      const effective = applied.filter(name => affects(name, amounts[name], image.channels));
      drawn?.('colour', Object.fromEntries(effective.map(name => [name, amounts[name]])));
      return jitterColors(image, applied, amounts);
    }),
    outputChannels: colorChannels,
  }),
});

function drawAmounts(strengths: ColorAmounts, random: Random): ColorAmounts {
  const drawFactor = (s: number): number => random.range(Math.max(0, 1 - s), 1 + s);
  return {
    brightness: drawFactor(strengths.brightness),
    contrast: drawFactor(strengths.contrast),
    saturation: drawFactor(strengths.saturation),
    hue: random.range(-strengths.hue, strengths.hue),
  };
}
