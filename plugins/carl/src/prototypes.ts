import { defineComponent, scorerOf, slots, Type, type Assigner } from '@carl-ssl/core';
import { checkPrototypes } from './advice.js';

const options = Type.Object(
  {
    count: Type.Integer({ minimum: 2, default: 256, description: 'K, the number of prototypes.' }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Scores are divided by it before the softmax; lower values are sharper.',
    }),
    normalizeEmbeddings: Type.Boolean({
      default: true,
      description: 'Whether embeddings are normalised to unit length before scoring.',
    }),
    normalizePrototypes: Type.Union([Type.Literal('forward'), Type.Literal('step'), Type.Literal('never')], {
      default: 'forward',
      description:
        'forward: prototypes are normalised to unit length in the forward pass, and the gradient flows through the normalisation. step: they are normalised before every step, as in SwAV. never: no normalisation.',
    }),
    frozenSteps: Type.Integer({
      minimum: 0,
      default: 0,
      description: 'Number of initial optimizer steps in which the prototypes are not updated.',
    }),
  },
  { additionalProperties: false },
);

/**
 * CARL's assigner: K general prototypes, learned by gradient together with the encoder. Scores are inner products
 * z c^T, [B, D] x [K, D] -> [B, K], and the assignment is their softmax.
 * @see arXiv 2112.15421
 */
export const prototypes = defineComponent(slots.assigner, {
  use: 'prototypes',
  description: 'Learnable prototypes; the assignment is the softmax of the similarities.',
  source: 'arXiv 2112.15421',
  options,
  provides: () => ['prototypes'],
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: checkPrototypes,
  create: (o): Assigner => {
    const { scores, ...own } = scorerOf(o);
    return {
      ...own,
      state: () => [],
      assign: (views, pass) => {
        const score = scores(pass, o.temperature);
        return { assigned: views.map(view => ({ logits: score(view) })) };
      },
    };
  },
});
