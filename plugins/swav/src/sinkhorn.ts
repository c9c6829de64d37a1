import {
  constant,
  defineComponent,
  normalizeRows,
  prototypeOptions,
  scorerOf,
  slots,
  Type,
  untracked,
  type Assigner,
  type Static,
} from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkSinkhorn } from './advice.js';
import { balancedCode } from './balanced-code.js';
import { queueOptions } from './options.js';
import { activeQueue, pushed, queuedSet, queueState } from './queue.js';

const options = Type.Object(
  {
    ...prototypeOptions,
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Scores are divided by it for the prediction; lower values are sharper.',
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 0.05,
      description: 'Scores are divided by it for the codes; lower values are closer to a hard assignment.',
    }),
    iterations: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: 'Sinkhorn iterations; each normalises over the prototypes, then over the samples.',
    }),
    assignedViews: Type.Integer({
      minimum: 1,
      default: 2,
      description: 'Number of views that get a code, counted from the first; normally the global views.',
    }),
    ...queueOptions,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * SwAV's assigner: codes q in which every prototype gets an equal share of the batch (and of the queue), found by the
 * Sinkhorn-Knopp algorithm on the scores; the assignment p of a view is the softmax of the same scores.
 * @see arXiv 2006.09882, section 3
 */
export const sinkhornAssigner = defineComponent(slots.assigner, {
  use: 'sinkhorn',
  description: 'Balanced codes by Sinkhorn-Knopp over learned prototypes of the assigner, or over scores of the head.',
  source: 'arXiv 2006.09882 (SwAV), arXiv 1306.0895; github.com/facebookresearch/swav',
  options,
  provides: ({ count }) => (count === undefined ? ['codes'] : ['codes', 'prototypes']),
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: checkSinkhorn,
  create: createSinkhorn,
});

function createSinkhorn(o: Options): Assigner {
  const { scores, ...prototypes } = scorerOf(o);
  return {
    ...prototypes,
    state: dim => queueState(o, o.assignedViews, dim),
    assign: (views, pass, state, context) => {
      // Scores over the temperature take the place of scores, so that one matrix of each view is kept.
      const score = scores(pass, o.temperature);
      const queue = activeQueue(state, o, context);
      const balance = { ...o, epsilon: o.epsilon / o.temperature, collective: context.collective };
      const codeOf = (set: number) => (own: Tensor2D) => {
        const queued = queuedSet(queue, set);
        if (!queued) return balancedCode(own, balance);
        return balancedCode(own, { ...balance, queued: { ...queued, scores: score(queued.rows) } });
      };
      const assigned = views.map((view, i) => {
        const logits = score(view);
        const code = i < o.assignedViews ? untracked(codeOf(i))(logits) : undefined;
        return { logits, ...(code && { code }) };
      });
      if (!queue || views.length < o.assignedViews) return { assigned };
      const newest = views.slice(0, o.assignedViews).map(view => normalizeRows(constant(view)));
      return { assigned, nextState: { queue: pushed(queue, newest, context.collective) } };
    },
  };
}
