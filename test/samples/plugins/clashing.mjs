import { defineComponent, definePlugin, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object({}, { additionalProperties: false });

export default definePlugin({
  name: 'clashing',
  components: [defineComponent(slots.encoder, { use: 'small-net', description: 'Another small net.', options, create: () => ({}) })],
});
