import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { ScaleOption } from '../options/box-range.js';
import { closed } from '../options/closed.js';
import { Probability } from '../options/probability.js';
import { rangeFindings } from '../options/range.js';
import { SizeOption, sizeOf } from '../options/size.js';
import { enlargementFindings, viewFindings, viewOptions } from '../options/view.js';
import { augmenterOf } from './augmenter.js';
import { recipeSteps, scaledColors, SIMCLR_COLORS } from './recipe.js';

const count = (minimum: number, value: number) =>
  Type.Integer({ minimum, maximum: 64, default: value, description: 'Views of this kind.' });

/** A few large views and several small ones; a teacher sees the large ones only. Each draws as those of `simclr-views`. */
export const multiCrop = defineComponent(slots.augmenter, {
  use: 'multi-crop',
  description: 'Global views of large parts of the image, then local views of small parts in fewer pixels.',
  source: 'arXiv 2006.09882 (SwAV); arXiv 2104.14294 (DINO: scales [0.4, 1] and [0.05, 0.4])',
  options: Type.Object(
    {
      global: Type.Object(
        { count: count(1, 2), size: SizeOption('Size of the global views.'), scale: ScaleOption([0.14, 1]) },
        { ...closed, description: 'Views of large parts; the only ones a teacher sees.' },
      ),
      local: Type.Object(
        { count: count(0, 6), size: SizeOption('Size of the local views.'), scale: ScaleOption([0.05, 0.14]) },
        { ...closed, description: 'Views of small parts, in fewer pixels.' },
      ),
      ...viewOptions,
      blur: Probability(0.5, 'Share of the views that are blurred. Views below 20 pixels never are.'),
      solarize: Probability(0, 'Share of the views whose light parts are inverted.'),
    },
    closed,
  ),
  check: (options, facts) => [
    ...rangeFindings('global.scale', options.global.scale),
    ...rangeFindings('local.scale', options.local.scale),
    ...viewFindings(options, facts),
    ...enlargementFindings('global.size', sizeOf(options.global.size), facts),
  ],
  create: ({ global, local, strength, ...options }) => {
    const colors = scaledColors(SIMCLR_COLORS, strength);
    const views = (
      [
        ['global', global],
        ['local', local],
      ] as const
    ).flatMap(([kind, { count: number, size, scale }]) => {
      const steps = recipeSteps({ ...options, size, scale, colors });
      return Array.from({ length: number }, () => ({ kind, ...sizeOf(size), steps }));
    });
    return augmenterOf(views, options);
  },
});
