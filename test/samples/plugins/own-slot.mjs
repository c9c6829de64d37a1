// A slot that the framework does not have: a scale, which an objective of the same plugin multiplies its loss by.
import { defineComponent, definePlugin, defineSlot, slots } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const closed = { additionalProperties: false };
const Scale = Symbol.for('carl-ssl-test.Scale');

const scaleSlot = defineSlot({
  name: 'scale',
  token: Scale,
  description: 'A factor of the loss.',
  keys: [{ key: 'lossScale', optional: true, provides: 'x-loss-scale', description: 'Factor of the loss.' }],
  rules: [
    {
      name: 'is positive',
      check: scale => (scale.factor() > 0 ? [] : [`the factor is ${scale.factor()}`]),
    },
  ],
});

const fixed = defineComponent(scaleSlot, {
  use: 'fixed',
  description: 'The same factor at every step.',
  options: Type.Object({ factor: Type.Number({ default: 2, description: 'The factor.' }) }, closed),
  create: ({ factor }) => ({ factor: () => factor }),
});

const scaled = defineComponent(slots.objective, {
  use: 'scaled',
  description: 'Mean square of the embeddings times the scale of the pipeline.',
  options: Type.Object({}, closed),
  requires: () => ['x-loss-scale'],
  inject: { scale: Scale },
  create: (_options, { scale }) => ({
    state: () => [],
    compute: ({ outputs }) => {
      const square = tf.mean(tf.square(tf.concat([...outputs])));
      return { loss: tf.mul(square, scale.factor()), parts: { square } };
    },
    trivial: () => [],
  }),
});

export default definePlugin({ name: 'own-slot', slots: [scaleSlot], components: [fixed, scaled] });
