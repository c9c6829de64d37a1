import { defineComponent, slots, Type } from '@carl-ssl/core';
import { scaleBounds, SizeOption, sizeOf } from '../options/sampling.js';
import { closed } from '../options/schema.js';
import { globalViewFindings, viewOptions } from '../options/view.js';
import { augmenterOf } from './augmenter.js';
import { BYOL_COLORS, recipeSteps, scaledColors } from './recipe.js';

const probabilities = (values: readonly [number, number], description: string) =>
  Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { minItems: 2, maxItems: 2, default: values, description });

/**
 * Two views: by default, the first is always blurred, the second rarely blurred and sometimes solarized. Each draws from
 * its own stream in the order of `recipeSteps`.
 */
export const byolViews = defineComponent(slots.augmenter, {
  use: 'byol-views',
  description: 'Two global views with different probabilities of blur and solarization.',
  source: 'arXiv 2006.07733, appendix B',
  options: Type.Object(
    {
      size: SizeOption('Size of the views'),
      ...scaleBounds,
      ...viewOptions,
      blur: probabilities(
        [1, 0.1],
        'Probabilities that the first and the second view are blurred. Views smaller than 20 pixels are never blurred.',
      ),
      solarize: probabilities(
        [0, 0.2],
        'Probabilities that the first and the second view are solarized: values of 0.5 and above are inverted.',
      ),
    },
    closed,
  ),
  check: globalViewFindings,
  create: ({ size, minScale, maxScale, strength, blur, solarize, ...options }) => {
    const common = { ...options, size, scale: [minScale, maxScale], colors: scaledColors(BYOL_COLORS, strength) };
    const views = [0, 1].map(index => {
      const steps = recipeSteps({ ...common, blur: blur[index], solarize: solarize[index] });
      return { kind: 'global' as const, ...sizeOf(size), steps };
    });
    return augmenterOf(views, options);
  },
});
