import { defineComponent, slots, Type, type Static } from '@carl-ssl/core';
import type { Refusal } from '@carl-ssl/core';
import { ScaleOption, SizeOption, sizeOf } from '../options/sampling.js';
import { closed, rangeFindings } from '../options/schema.js';
import { effectOptions, enlargementFindings, viewFindings, viewOptions } from '../options/view.js';
import type { View } from './augmenter.js';
import { augmenterOf } from './augmenter.js';
import { ownProbabilities, PER_VIEW, perViewOptions } from './per-view.js';
import { recipeSteps, scaledColors, SIMCLR_COLORS } from './recipe.js';
import type { Recipe } from './recipe.js';

const count = (minimum: number, value: number, description: string) =>
  Type.Integer({ minimum, maximum: 64, default: value, description });

const globalCrops = Type.Object(
  {
    count: count(1, 2, 'Number of global views.'),
    size: SizeOption('Size of the global views'),
    scale: ScaleOption([0.14, 1]),
    ...perViewOptions,
  },
  { ...closed, description: 'Views of large parts of the image. A teacher sees only these.' },
);

const localCrops = Type.Object(
  {
    count: count(0, 6, 'Number of local views.'),
    size: SizeOption('Size of the local views'),
    scale: ScaleOption([0.05, 0.14]),
    ...perViewOptions,
  },
  { ...closed, description: 'Views of small parts of the image, with fewer pixels.' },
);

const strength = (name: keyof typeof SIMCLR_COLORS, maximum?: number) =>
  Type.Number({
    minimum: 0,
    maximum,
    default: SIMCLR_COLORS[name],
    description: `Strength of the ${name} adjustment, as in \`random-color-jitter\`.`,
  });

const colors = Type.Object(
  {
    brightness: strength('brightness'),
    contrast: strength('contrast'),
    saturation: strength('saturation'),
    hue: strength('hue', 0.5),
  },
  {
    ...closed,
    default: {},
    description:
      'Strengths of the colour jitter, by default those of SimCLR and SwAV. DINO, iBOT and CARP: 0.4, 0.4, 0.2 and 0.1.',
  },
);

const options = Type.Object(
  { global: globalCrops, local: localCrops, colors, ...viewOptions, ...effectOptions },
  closed,
);
type Options = Readonly<Static<typeof options>>;

const KINDS = ['global', 'local'] as const;

/** A few global and several local views. Each draws from its own stream in the order of `recipeSteps`. */
export const multiCrop = defineComponent(slots.augmenter, {
  use: 'multi-crop',
  description: 'Global views of large parts of the image, followed by smaller local views of small parts.',
  source: 'arXiv 2006.09882 (SwAV); arXiv 2104.14294 (DINO: scales [0.4, 1] and [0.05, 0.4])',
  options,
  refuse: wrongCounts,
  check: (given, facts) => [
    ...rangeFindings('global.scale', given.global.scale),
    ...rangeFindings('local.scale', given.local.scale),
    ...viewFindings(given, facts),
    ...enlargementFindings('global.size', sizeOf(given.global.size), facts),
  ],
  create: given => {
    const common = { ...given, colors: scaledColors(given.colors, given.strength) };
    return augmenterOf(
      KINDS.flatMap(kind => viewsOf(kind, given[kind], common)),
      given,
    );
  },
});

/** The views of one kind, with the probabilities of each. */
function viewsOf(
  kind: View['kind'],
  crops: Options[(typeof KINDS)[number]],
  common: Omit<Recipe, 'size' | 'scale'>,
): readonly View[] {
  const { size, scale } = crops;
  return Array.from({ length: crops.count }, (_, view) => ({
    kind,
    ...sizeOf(size),
    steps: recipeSteps({ ...common, ...ownProbabilities(crops, view), size, scale }),
  }));
}

/** Errors for lists that do not have one probability for each view of their kind. */
function wrongCounts(given: Options): readonly Refusal[] {
  return KINDS.flatMap(kind =>
    PER_VIEW.flatMap(key => {
      const { count: views, [key]: value } = given[kind];
      if (!Array.isArray(value) || value.length === views) return [];
      const message =
        `\`${key}\` has ${value.length} values, but there are ${views} ${kind} views. Write one value for each view, ` +
        `or one number for all of them.`;
      return [{ code: 'AUGMENT_VIEW_COUNT', path: `${kind}.${key}`, message }];
    }),
  );
}
