import { defineComponent, definePlugin, slots, Type } from '@carl-ssl/core';

/** Images that are read slowly, which says so. */
const images = {
  length: 64,
  channels: 1,
  read: async indices => {
    process.stderr.write('reading\n');
    await new Promise(resolve => setTimeout(resolve, 500));
    return indices.map(() => ({ height: 8, width: 8, channels: 1, data: new Uint8Array(64) }));
  },
  fingerprint: async () => 'slow-images',
};

export default definePlugin({
  name: 'slow-images',
  components: [
    defineComponent(slots.dataset, {
      use: 'slow-images',
      description: 'Images that are read slowly.',
      options: Type.Object({}, { additionalProperties: false }),
      create: () => ({ split: async name => (name === 'train' ? images : undefined) }),
    }),
  ],
});
