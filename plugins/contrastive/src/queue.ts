import { constant, defineComponent, normalizeRows, slots, tf, Type, type Assigner } from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { queueAdvice, temperatureAdvice } from './advice.js';
import { push, ringOf, ringState } from './ring.js';
import { temperature } from './options.js';

const options = Type.Object(
  {
    size: Type.Integer({
      minimum: 2,
      default: 4096,
      description: 'K, the number of embeddings in the queue; a multiple of the batch size.',
    }),
    temperature: temperature(0.1),
  },
  { additionalProperties: false },
);

/**
 * Earlier images are the prototypes: a queue [K, D] of unit embeddings, constant. Scores are cosines over temperature,
 * [B, D] -> [B, K]. Afterwards the embeddings of the first view, the teacher's if there is one, replace the oldest
 * rows.
 * @see arXiv 2107.09282 (ReSSL), 1911.05722 (MoCo)
 */
export const queue = defineComponent(slots.assigner, {
  use: 'queue',
  description: 'The prototypes are a queue of embeddings of earlier images, computed by the teacher if there is one.',
  source: 'arXiv 2107.09282, 1911.05722',
  options,
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: (o, facts) => [
    ...temperatureAdvice(o.temperature),
    ...queueAdvice('size', { size: o.size, arriving: facts.batchSize }, facts),
  ],
  create: (o): Assigner => ({
    weights: () => [],
    state: dim => ringState('queue', [o.size, dim]),
    prototypeCount: () => o.size,
    assign: (views, _pass, state, { collective }) => {
      const ring = ringOf('queue', state, 0);
      const rows = views.map(view => normalizeRows(view));
      const prototypes = constant(ring.rows);
      const after = push(ring, [constant(rows[0])], collective);
      return {
        assigned: rows.map(row => ({
          logits: tf.div<Tensor2D>(tf.matMul(row, prototypes, false, true), o.temperature),
        })),
        nextState: { queue: after.rows, pointer: after.pointer },
      };
    },
  }),
});
