import { defineComponent, slots, Type } from '@carl-ssl/core';
import { scaleBounds, SizeOption, sizeOf } from '../options/sampling.js';
import { closed } from '../options/schema.js';
import { effectOptions, globalViewFindings, viewOptions } from '../options/view.js';
import { augmenterOf } from './augmenter.js';
import { recipeSteps, scaledColors, SIMCLR_COLORS } from './recipe.js';

/** Views drawn from one distribution. Each draws from its own stream in the order of `recipeSteps`. */
export const simclrViews = defineComponent(slots.augmenter, {
  use: 'simclr-views',
  description:
    'Global views from one distribution: random crop, flip, colour jitter, grayscale and blur. Most methods use these views.',
  source: 'arXiv 2002.05709, appendix A',
  options: Type.Object(
    {
      size: SizeOption('Size of the views'),
      views: Type.Integer({ minimum: 1, maximum: 64, default: 2, description: 'Number of views per image.' }),
      ...scaleBounds,
      ...viewOptions,
      ...effectOptions,
    },
    closed,
  ),
  check: globalViewFindings,
  create: ({ size, views, minScale, maxScale, strength, ...options }) => {
    const colors = scaledColors(SIMCLR_COLORS, strength);
    const steps = recipeSteps({ ...options, size, scale: [minScale, maxScale], colors });
    const view = { kind: 'global' as const, ...sizeOf(size), steps };
    return augmenterOf(Array<typeof view>(views).fill(view), options);
  },
});
