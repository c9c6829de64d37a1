import { Components, defineComponent, Nested, slots, Type } from '@carl-ssl/core';
import { relabelled } from './relabelled.js';

/** Composes a reader of another: its images with other labels. */
export const remapReader = defineComponent(slots.reader, {
  use: 'remap',
  description:
    'Images of another reader with other labels: classes are renumbered, merged or removed, or all labels dropped.',
  options: Type.Object(
    {
      of: Nested('reader', { description: 'Reader of the images.' }),
      labels: Type.Array(Type.Union([Type.Integer({ minimum: 0, maximum: 2 ** 31 - 2 }), Type.Null()]), {
        description:
          'New label of each label from 0; null removes the images of a class. A label beyond the list is an error. An empty list drops all labels and keeps the images.',
      }),
      classNames: Type.Optional(
        Type.Array(Type.String({ minLength: 1 }), {
          minItems: 1,
          uniqueItems: true,
          description: 'Names of the new classes, from label 0.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  provides: ({ labels }) => (labels.length === 0 ? [] : ['labels']),
  inject: { components: Components },
  create: ({ of, labels, classNames }, { components }) => {
    const reader = components.create(slots.reader, of);
    return { read: async () => relabelled(await reader.read(), labels, classNames) };
  },
});
