// Components that cannot be made: one refuses its options, as one of this project would, the other has a fault.
import { CarlError, defineComponent, definePlugin, Nested, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const closed = { additionalProperties: false };
const options = Type.Object({}, closed);
const nesting = Type.Object({ step: Nested('augmentation', { description: 'What is done.' }) }, closed);

export default definePlugin({
  name: 'fragile',
  components: [
    defineComponent(slots.augmentation, {
      use: 'fussy',
      description: 'Refuses.',
      options,
      create: () => {
        throw new CarlError('INPUT_PIPELINE', 'This needs another weather.');
      },
    }),
    defineComponent(slots.augmentation, {
      use: 'outer',
      description: 'Makes another.',
      options: nesting,
      create: () => {
        throw new Error('never told: the inner one is what fails');
      },
    }),
    defineComponent(slots.objective, {
      use: 'faulty',
      description: 'Has a fault.',
      options,
      create: () => undefined.length,
    }),
    defineComponent(slots.optimizer, {
      use: 'empty',
      description: 'Forgets to return.',
      options,
      create: () => undefined,
    }),
  ],
});
