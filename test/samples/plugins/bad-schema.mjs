import { defineComponent, definePlugin, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object({ size: Type.Unsafe({ type: 'nmber', description: 'Misspelt type.' }) }, { additionalProperties: false });

export default definePlugin({
  name: 'bad-schema',
  components: [defineComponent(slots.encoder, { use: 'broken-net', description: 'Broken.', options, create: () => ({}) })],
});
