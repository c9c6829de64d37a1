import { defineComponent, definePlugin, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object({ path: Type.String({ description: 'Where it writes.' }) }, { additionalProperties: false });

export default definePlugin({
  name: 'packaged',
  components: [defineComponent(slots.observer, { use: 'note-taker', description: 'Takes notes.', options, create: () => ({}) })],
});
