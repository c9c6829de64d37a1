import { defineComponent, normal, normalizeRows, slots, type Assigner } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    count: Type.Integer({ minimum: 2, default: 64, description: 'Number of prototypes.' }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Divides the similarities; lower values give harder assignments.',
    }),
  },
  { additionalProperties: false },
);

/** Scores of an embedding: its cosine with every prototype, over the temperature. */
export const templateName = defineComponent(slots.assigner, {
  use: 'template-name',
  description: 'Learnable prototypes; the scores are cosines.',
  options,
  provides: () => ['assignments', 'prototypes'],
  temperature: ({ temperature }) => ({ option: 'temperature', value: temperature }),
  create: ({ count, temperature }): Assigner => ({
    weights: ([width]) => [
      { name: 'weight', shape: [count, width], initialize: normal(1), trainable: true, layout: 'plain' },
    ],
    prototypeCount: () => count,
    prototypes: pass => pass.weight<Tensor2D>('weight'),
    state: () => [],
    assign: (views, pass) => {
      const prototypes = normalizeRows(pass.weight<Tensor2D>('weight'));
      const assigned = views.map(view => {
        const cosines = tf.matMul<Tensor2D>(normalizeRows(view), prototypes, false, true);
        return { logits: tf.div<Tensor2D>(cosines, temperature) };
      });
      return { assigned };
    },
  }),
});
