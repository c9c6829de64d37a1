import { defineComponent, slots, type Optimizer } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    learningRate: Type.Number({ exclusiveMinimum: 0, default: 0.1, description: 'Learning rate before the schedule.' }),
    momentum: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.9, description: 'Share of the last update.' }),
  },
  { additionalProperties: false },
);

/** Gradient descent with Nesterov's momentum. */
export const templateName = defineComponent(slots.optimizer, {
  use: 'template-name',
  description: "Gradient descent with Nesterov's momentum.",
  options,
  create: ({ learningRate, momentum }): Optimizer => ({
    learningRate,
    slots: ['velocity'],
    apply: (parameters, rate) => {
      for (const { value, gradient, slots: buffers } of parameters)
        tf.tidy(() => {
          const velocity = tf.add(tf.mul(buffers.velocity, momentum), gradient);
          const update = tf.add(tf.mul(velocity, momentum), gradient);
          buffers.velocity.assign(velocity as Variable);
          value.assign(tf.sub<Variable>(value, tf.mul(update, rate)));
        });
    },
  }),
});
