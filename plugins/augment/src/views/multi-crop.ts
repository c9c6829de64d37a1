import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { ScaleOption, SizeOption, sizeOf } from '../options/sampling.js';
import { closed, rangeFindings } from '../options/schema.js';
import { effectOptions, enlargementFindings, viewFindings, viewOptions } from '../options/view.js';
import { augmenterOf } from './augmenter.js';
import { recipeSteps, scaledColors, SIMCLR_COLORS } from './recipe.js';

const count = (minimum: number, value: number, description: string) =>
  Type.Integer({ minimum, maximum: 64, default: value, description });

const globalCrops = Type.Object(
  {
    count: count(1, 2, 'Number of global views.'),
    size: SizeOption('Size of the global views'),
    scale: ScaleOption([0.14, 1]),
  },
  { ...closed, description: 'Views of large parts of the image. A teacher sees only these.' },
);

const localCrops = Type.Object(
  {
    count: count(0, 6, 'Number of local views.'),
    size: SizeOption('Size of the local views'),
    scale: ScaleOption([0.05, 0.14]),
  },
  { ...closed, description: 'Views of small parts of the image, with fewer pixels.' },
);

/** A few global and several local views. Each draws from its own stream in the order of `recipeSteps`. */
export const multiCrop = defineComponent(slots.augmenter, {
  use: 'multi-crop',
  description: 'Global views of large parts of the image, followed by smaller local views of small parts.',
  source: 'arXiv 2006.09882 (SwAV); arXiv 2104.14294 (DINO: scales [0.4, 1] and [0.05, 0.4])',
  options: Type.Object({ global: globalCrops, local: localCrops, ...viewOptions, ...effectOptions }, closed),
  check: (options, facts) => [
    ...rangeFindings('global.scale', options.global.scale),
    ...rangeFindings('local.scale', options.local.scale),
    ...viewFindings(options, facts),
    ...enlargementFindings('global.size', sizeOf(options.global.size), facts),
  ],
  create: ({ global, local, strength, ...options }) => {
    const colors = scaledColors(SIMCLR_COLORS, strength);
    const crops = [
      { kind: 'global' as const, ...global },
      { kind: 'local' as const, ...local },
    ];
    const views = crops.flatMap(({ kind, count: number, size, scale }) => {
      const view = { kind, ...sizeOf(size), steps: recipeSteps({ ...options, size, scale, colors }) };
      return Array<typeof view>(number).fill(view);
    });
    return augmenterOf(views, options);
  },
});
