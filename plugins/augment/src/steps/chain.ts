import { Components, defineComponent, Nested, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { chained } from '../maths/chained.js';
import { closed } from '../options/closed.js';

/** Steps one after another, all drawing from the one stream in their order. */
export const chain = defineComponent(slots.augmentation, {
  use: 'chain',
  description: 'Augmentations one after another.',
  options: Type.Object(
    {
      steps: Type.Array(Nested('augmentation', { description: 'An augmentation.' }), {
        description: 'First to last.',
      }),
    },
    closed,
  ),
  inject: { components: Components },
  create: ({ steps }, { components }) => chained(steps.map(step => components.create(slots.augmentation, step))),
});
