import { Components, defineComponent, Nested, slots, Type } from '@carl-ssl/core';
import { closed } from '../options/schema.js';
import { chained } from './composition.js';

/** Option for a list of augmentations. */
export const stepsOption = Type.Array(Nested('augmentation', { description: 'One augmentation.' }), {
  description: 'Augmentations in the order they are applied.',
});

/** Chain of augmentations that share one random stream. */
export const chain = defineComponent(slots.augmentation, {
  use: 'chain',
  description: 'Applies augmentations one after another.',
  options: Type.Object({ steps: stepsOption }, closed),
  inject: { components: Components },
  create: ({ steps }, { components }) => chained(steps.map(step => components.create(slots.augmentation, step))),
});
