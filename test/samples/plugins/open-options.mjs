import { defineComponent, definePlugin, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

export default definePlugin({
  name: 'open-options',
  components: [
    defineComponent(slots.encoder, { use: 'open-net', description: 'Takes anything.', options: Type.Object({}), create: () => ({}) }),
    defineComponent(slots.head, { use: 'Bad Name', description: 'Not kebab-case.', options: Type.Object({}), create: () => ({}) }),
  ],
});
