import { Components, defineComponent, Nested, slots, Type } from '@carl-ssl/core';
import { converted } from './converted.js';

/** Composes a reader of another: its images in grey or in RGB. */
export const channelsReader = defineComponent(slots.reader, {
  use: 'channels',
  description:
    'Images of another reader in grey or in RGB, for an encoder of another number of channels, such as one that is transferred.',
  options: Type.Object(
    {
      of: Nested('reader', { description: 'Reader of the images, which have 1 or 3 channels.' }),
      count: Type.Union([Type.Literal(1), Type.Literal(3)], {
        description: '1: grey, by the luma of ITU-R BT.601. 3: RGB; a grey level becomes that of all three channels.',
      }),
    },
    { additionalProperties: false },
  ),
  provides: ({ of }, nested) => nested(of),
  inject: { components: Components },
  create: ({ of, count }, { components }) => {
    const reader = components.create(slots.reader, of);
    return { read: async classes => converted(await reader.read(classes), count) };
  },
});
