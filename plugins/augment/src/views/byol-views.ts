import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { scaleBounds } from '../options/box-range.js';
import { closed } from '../options/closed.js';
import { rangeFindings } from '../options/range.js';
import { SizeOption, sizeOf } from '../options/size.js';
import { enlargementFindings, viewFindings, viewOptions } from '../options/view.js';
import { augmenterOf } from './augmenter.js';
import { BYOL_COLORS, recipeSteps, scaledColors } from './recipe.js';

const perView = (values: readonly [number, number], description: string) =>
  Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { minItems: 2, maxItems: 2, default: values, description });

/** Two views, one nearly always blurred, the other seldom, but solarized at times. Each draws as those of `simclr-views`. */
export const byolViews = defineComponent(slots.augmenter, {
  use: 'byol-views',
  description: 'Two global views that are blurred and solarized with different probabilities.',
  source: 'arXiv 2006.07733, appendix B',
  options: Type.Object(
    {
      size: SizeOption('Size of the views.'),
      ...scaleBounds,
      ...viewOptions,
      blur: perView(
        [1, 0.1],
        'Probability that the first and the second view are blurred. Views below 20 pixels never are.',
      ),
      solarize: perView([0, 0.2], 'Probability that the light parts of the first and the second view are inverted.'),
    },
    closed,
  ),
  check: (options, facts) => [
    ...rangeFindings('minScale', [options.minScale, options.maxScale]),
    ...viewFindings(options, facts),
    ...enlargementFindings('size', sizeOf(options.size), facts),
  ],
  create: ({ size, minScale, maxScale, strength, blur, solarize, ...options }) => {
    const common = { ...options, size, scale: [minScale, maxScale], colors: scaledColors(BYOL_COLORS, strength) };
    const views = [0, 1].map(index => {
      const steps = recipeSteps({ ...common, blur: blur[index], solarize: solarize[index] });
      return { kind: 'global' as const, ...sizeOf(size), steps };
    });
    return augmenterOf(views, options);
  },
});
