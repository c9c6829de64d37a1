import { Components, defineComponent, slots, Type, type Static } from '@carl-ssl/core';
import type { Facts, Finding } from '@carl-ssl/core';
import { stepsOption } from '../operations/chain.js';
import { levelFindings, normalizationOptions } from '../options/channels.js';
import { evaluationOption } from '../options/evaluation.js';
import { samplingOptions, SizeOption, sizeOf } from '../options/sampling.js';
import { closed } from '../options/schema.js';
import { enlargementFindings } from '../options/view.js';
import { augmenterOf } from './augmenter.js';

const definition = Type.Object(
  {
    kind: Type.Union([Type.Literal('global'), Type.Literal('local')], {
      default: 'global',
      description: 'Kind of the views. A teacher sees only global views.',
    }),
    count: Type.Integer({
      minimum: 1,
      maximum: 64,
      default: 1,
      description: 'Number of views made by these steps.',
    }),
    size: SizeOption('Size of the images that the steps return'),
    steps: stepsOption,
  },
  closed,
);

const definitions = Type.Array(definition, {
  minItems: 1,
  description: 'Definitions of the views. Global views are placed before local views; otherwise the order is kept.',
});

/** Views defined by their steps. Each view draws from its own stream, in the order of its steps. */
export const views = defineComponent(slots.augmenter, {
  use: 'views',
  description: 'Views defined step by step.',
  options: Type.Object(
    { views: definitions, ...samplingOptions, ...normalizationOptions, ...evaluationOption },
    closed,
  ),
  inject: { components: Components },
  check: (options, facts) => [
    ...options.views.flatMap((view, index) => findings(view, `views.${index}`, facts)),
    ...levelFindings(options),
  ],
  create: ({ views: list, ...settings }, { components }) => {
    const made = list.flatMap(({ kind, count, size, steps }) => {
      const view = { kind, ...sizeOf(size), steps: steps.map(step => components.create(slots.augmentation, step)) };
      return Array<typeof view>(count).fill(view);
    });
    const ordered = (['global', 'local'] as const).flatMap(kind => made.filter(view => view.kind === kind));
    return augmenterOf(ordered, settings);
  },
});

/** Warnings about one definition: views larger than the images, and a `normalize` step. */
function findings(view: Static<typeof definition>, path: string, facts: Facts): readonly Finding[] {
  const enlarged = enlargementFindings(`${path}.size`, sizeOf(view.size), facts);
  const step = view.steps.findIndex(({ use }) => use === 'normalize');
  if (step < 0) return enlarged;
  const message =
    'A `normalize` step is not applied to the images that evaluators see, so the encoder is evaluated on a different ' +
    'range of values than it was trained on. Remove the step, and set `mean` and `std` of the augmenter instead.';
  return [
    ...enlarged,
    { severity: 'warning', code: 'AUGMENT_NORMALIZED_APART', path: `${path}.steps.${step}`, message },
  ];
}
