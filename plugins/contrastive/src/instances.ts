import {
  constant,
  defineComponent,
  needsViews,
  ownPlaces,
  slots,
  tf,
  Type,
  type Assigned,
  type Assigner,
  type Collective,
} from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { temperatureAdvice } from './advice.js';
import { cosines, gather, type Gathered } from './candidates.js';
import { temperature } from './options.js';

/**
 * Every image of the batch is a prototype: its embedding in the first view, for the first view that in the second; with
 * a teacher, the teacher's, which is constant. Scores are cosines over temperature, [B, D] -> [B, N] with N images in the
 * batch of all workers, and the code is the image itself: SimCLR and MoCo v3 seen as clustering.
 * @see arXiv 2002.05709, 2104.02057
 */
export const instances = defineComponent(slots.assigner, {
  use: 'instances',
  description:
    'Instance discrimination: the prototypes are the images of the batch, represented by their embeddings in another view. The code of an image is one-hot at the image itself.',
  source: 'arXiv 2002.05709 (SimCLR), 2104.02057 (MoCo v3)',
  options: Type.Object({ temperature: temperature(0.2) }, { additionalProperties: false }),
  provides: () => ['codes'],
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: (o, facts) => [...needsViews('instances', facts), ...temperatureAdvice(o.temperature)],
  create: (o): Assigner => ({
    weights: () => [],
    state: () => [],
    prototypeCount: (_dim, batchSize) => batchSize,
    assign: (views, _pass, state, { collective }) => {
      const own = views.map(view => gather(view, collective));
      const taught = teachersOf(state).map(view => gather(constant(view), collective));
      const known = taught.length > 0 ? taught : own;
      return {
        assigned: own.map((view, i) =>
          assignment([view, known[i === 0 ? Math.min(1, known.length - 1) : 0]], o.temperature, collective),
        ),
      };
    },
  }),
});

/** The teacher's embeddings of the global views, if the student is assigned beside one. */
function teachersOf(state: Readonly<Record<string, tf.Tensor>>): Tensor2D[] {
  const count = Object.keys(state).filter(name => /^teacher\d+$/.test(name)).length;
  return Array.from({ length: count }, (_, i) => state[`teacher${i}`] as Tensor2D);
}

function assignment(
  [view, prototypes]: readonly [Gathered, Gathered],
  temperature: number,
  collective: Collective,
): Assigned {
  const logits = tf.div<Tensor2D>(cosines(view, prototypes), temperature);
  return { logits, code: ownPlaces(logits.shape[0], logits.shape[1], collective) };
}
