import { Components, defineComponent, Nested, slots, Type } from '@carl-ssl/core';
import { joined } from './joined.js';

/** Composes a reader of others: their images one after the other. */
export const concatReader = defineComponent(slots.reader, {
  use: 'concat',
  description: 'Images of several readers, one after the other, as one set. It has labels if all of them have.',
  options: Type.Object(
    {
      readers: Type.Array(Nested('reader', { description: 'Reader of some of the images.' }), {
        minItems: 1,
        description: 'Readers in order.',
      }),
    },
    { additionalProperties: false },
  ),
  provides: ({ readers }, nested) => {
    const [first, ...others] = readers.map(nested);
    return first.filter(capability => others.every(one => one.includes(capability)));
  },
  inject: { components: Components },
  create: ({ readers }, { components }) => {
    const made = readers.map(nested => components.create(slots.reader, nested));
    return {
      read: async classes => {
        const first = await made[0].read(classes);
        const others = [];
        for (const reader of made.slice(1)) others.push(await reader.read(classes ?? first.classes));
        return joined([first, ...others]);
      },
    };
  },
});
