import { Components, defineComponent, Nested, slots } from '@carl-ssl/core';
import type { Facts, Finding } from '@carl-ssl/core';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed } from '../options/closed.js';
import { normalizationOptions } from '../options/normalization.js';
import { samplingOptions } from '../options/sampling.js';
import { SizeOption, sizeOf } from '../options/size.js';
import { enlargementFindings } from '../options/view.js';
import { augmenterOf } from './augmenter.js';

const viewList = Type.Array(
  Type.Object(
    {
      kind: Type.Union([Type.Literal('global'), Type.Literal('local')], {
        default: 'global',
        description: 'A teacher sees global views only.',
      }),
      count: Type.Integer({ minimum: 1, maximum: 64, default: 1, description: 'Views made by these steps.' }),
      size: SizeOption('Size the steps give.'),
      steps: Type.Array(Nested('augmentation', { description: 'An augmentation.' }), { description: 'First to last.' }),
    },
    closed,
  ),
  { minItems: 1, description: 'The views. Global ones are put before local ones; otherwise the order is kept.' },
);

/** Views written out step by step. Each draws from its own stream, its steps in their order. */
export const views = defineComponent(slots.augmenter, {
  use: 'views',
  description: 'Views written out step by step.',
  options: Type.Object({ views: viewList, ...samplingOptions, ...normalizationOptions }, closed),
  inject: { components: Components },
  check: (options, facts) => options.views.flatMap((view, index) => findings(view, `views.${index}`, facts)),
  create: ({ views: list, ...finish }, { components }) => {
    const made = list.flatMap(({ kind, count, size, steps }) => {
      const view = { kind, ...sizeOf(size), steps: steps.map(step => components.create(slots.augmentation, step)) };
      return Array.from({ length: count }, () => view);
    });
    return augmenterOf(
      [...made.filter(view => view.kind === 'global'), ...made.filter(view => view.kind === 'local')],
      finish,
    );
  },
});

function findings(view: Static<typeof viewList>[number], path: string, facts: Facts): readonly Finding[] {
  const step = view.steps.findIndex(({ use }) => use === 'normalize');
  const enlarged = enlargementFindings(`${path}.size`, sizeOf(view.size), facts);
  if (step < 0) return enlarged;
  const message =
    'A `normalize` step is not applied to the images evaluators see, so the encoder is judged on other values than it was trained on. ' +
    'Remove the step and give `mean` and `std` of the augmenter instead.';
  return [
    ...enlarged,
    { severity: 'warning', code: 'AUGMENT_NORMALIZED_APART', path: `${path}.steps.${step}`, message },
  ];
}
