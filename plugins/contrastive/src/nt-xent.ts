import {
  defineComponent,
  meanOf,
  slots,
  tf,
  Type,
  viewPairs,
  type Objective,
  type ObjectiveSize,
} from '@carl-ssl/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { batchAdvice, fewNegatives } from './advice.js';
import { simclrCard } from './cards.js';
import { choiceMatrices, entropiesOf, gather } from './candidates.js';
import { temperature } from './options.js';

/**
 * SimCLR's loss over views with embeddings [B, D]: of the 2N - 1 other samples of two views, N in the batch of all
 * workers, each has to find its partner, by cosine over temperature. More than two views: mean over all pairs.
 * @see arXiv 2002.05709, equation 1
 */
export const ntXent = defineComponent(slots.objective, {
  use: 'nt-xent',
  knownAs: ['SimCLR'],
  description: 'Each view must identify the other view of its image among all samples of the batch (SimCLR).',
  source: 'arXiv 2002.05709',
  card: simclrCard,
  options: Type.Object({ temperature: temperature(0.5) }, { additionalProperties: false }),
  check: (o, facts) => [...batchAdvice('nt-xent', o.temperature, facts), ...fewNegatives(facts)],
  create: (o): Objective => ({
    state: () => [],
    matrices: choiceMatrices,
    compute: ({ outputs }, { collective }) => {
      const all = outputs.map(view => gather(view, collective));
      const losses = viewPairs(all).map(pair =>
        tf.mean<Scalar>(entropiesOf(pair, tf.scalar(o.temperature), collective)),
      );
      return { loss: meanOf(losses), parts: {} };
    },
    trivial: size => [allAlike(size)],
  }),
});

function allAlike({ batchSize }: ObjectiveSize) {
  return {
    name: 'every image has the same embedding',
    loss: Math.log(2 * batchSize - 1),
    advice:
      'Lower optimizer.learningRate or raise schedule.warmupEpochs, put batch norm into head.layers, and check that objective.temperature is between 0.05 and 0.5.',
  };
}
