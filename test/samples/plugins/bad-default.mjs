import { defineComponent, definePlugin, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object({ size: Type.Integer({ minimum: 1, default: 0, description: 'Too small.' }) }, { additionalProperties: false });

export default definePlugin({
  name: 'bad-default',
  components: [defineComponent(slots.encoder, { use: 'hopeless-net', description: 'Hopeless.', options, create: () => ({}) })],
});
