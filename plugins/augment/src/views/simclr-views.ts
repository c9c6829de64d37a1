import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { scaleBounds } from '../options/box-range.js';
import { closed } from '../options/closed.js';
import { Probability } from '../options/probability.js';
import { rangeFindings } from '../options/range.js';
import { SizeOption, sizeOf } from '../options/size.js';
import { enlargementFindings, viewFindings, viewOptions } from '../options/view.js';
import { augmenterOf } from './augmenter.js';
import { recipeSteps, scaledColors, SIMCLR_COLORS } from './recipe.js';

/** Views that are all drawn alike. Each draws from its own stream: crop, flip, jitter, grey, blur, solarize. */
export const simclrViews = defineComponent(slots.augmenter, {
  use: 'simclr-views',
  description: 'Global views drawn alike: random crop, flip, colour jitter, grey and blur. What most methods use.',
  source: 'arXiv 2002.05709, appendix A',
  options: Type.Object(
    {
      size: SizeOption('Size of the views.'),
      views: Type.Integer({ minimum: 1, maximum: 64, default: 2, description: 'Views an image.' }),
      ...scaleBounds,
      ...viewOptions,
      blur: Probability(
        0.5,
        'Share of the views that are blurred. Usually 0 for images of 32 pixels; below 20 pixels nothing is blurred.',
      ),
      solarize: Probability(0, 'Share of the views whose light parts are inverted.'),
    },
    closed,
  ),
  check: (options, facts) => [
    ...rangeFindings('minScale', [options.minScale, options.maxScale]),
    ...viewFindings(options, facts),
    ...enlargementFindings('size', sizeOf(options.size), facts),
  ],
  create: ({ size, views, minScale, maxScale, strength, ...options }) => {
    const colors = scaledColors(SIMCLR_COLORS, strength);
    const steps = recipeSteps({ ...options, size, scale: [minScale, maxScale], colors });
    const view = { kind: 'global' as const, ...sizeOf(size), steps };
    return augmenterOf(
      Array.from({ length: views }, () => view),
      options,
    );
  },
});
