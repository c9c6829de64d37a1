import {
  defineComponent,
  normalizeRows,
  slots,
  uniform,
  type Assigner,
  type Facts,
  type Finding,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';

const options = Type.Object(
  {
    count: Type.Integer({ minimum: 2, default: 256, description: 'K, the number of prototypes.' }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Scores are divided by it before the softmax; smaller is sharper.',
    }),
    normalizeEmbeddings: Type.Boolean({
      default: true,
      description: 'Embeddings are set to unit length before they are scored.',
    }),
    normalizePrototypes: Type.Union([Type.Literal('forward'), Type.Literal('step'), Type.Literal('never')], {
      default: 'forward',
      description:
        'forward: scored at unit length, the gradient runs through it. step: set to unit length before every step, as in SwAV. never: free length.',
    }),
    frozenSteps: Type.Integer({
      minimum: 0,
      default: 0,
      description: 'Optimizer steps at the start during which the prototypes take no update.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

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
  check,
  create: (o): Assigner => ({
    weights: ([dim]) => [
      {
        name: 'weight',
        shape: [o.count, dim],
        initialize: uniform(1 / Math.sqrt(dim)),
        trainable: true,
        layout: 'plain',
      },
    ],
    state: () => [],
    prototypeCount: () => o.count,
    prototypes: pass => pass.weight<Tensor2D>('weight'),
    prepare: pass => {
      if (o.normalizePrototypes === 'step')
        pass.update(
          'weight',
          tf.tidy(() => normalizeRows(pass.weight<Tensor2D>('weight'))),
        );
    },
    frozen: ({ step }) => (step < o.frozenSteps ? ['weight'] : []),
    assign: (views, pass) => {
      const weight =
        o.normalizePrototypes === 'forward'
          ? normalizeRows(pass.weight<Tensor2D>('weight'))
          : pass.weight<Tensor2D>('weight');
      return { assigned: views.map(view => ({ logits: logits(view, weight, o) })) };
    },
  }),
});

function logits(embeddings: Tensor2D, weight: Tensor2D, { normalizeEmbeddings, temperature }: Options): Tensor2D {
  const rows = normalizeEmbeddings ? normalizeRows(embeddings) : embeddings;
  return tf.div(tf.matMul(rows, weight, false, true), temperature);
}

function check({ temperature, normalizeEmbeddings, count }: Options, facts: Facts): Finding[] {
  const findings: Finding[] = [];
  if (normalizeEmbeddings && temperature > 1)
    findings.push({
      severity: 'warning',
      code: 'PROTOTYPES_TEMPERATURE_HIGH',
      path: 'temperature',
      message: `scores of unit vectors lie in [-1, 1]; at temperature ${String(temperature)} every assignment is close to uniform. Usual: 0.05 to 0.5 (0.1 in arXiv 2006.09882).`,
    });
  if (facts.trainImages !== undefined && count > facts.trainImages)
    findings.push({
      severity: 'warning',
      code: 'PROTOTYPES_MORE_THAN_IMAGES',
      path: 'count',
      message: `${String(count)} prototypes for ${String(facts.trainImages)} training images: most will never be used. Take fewer; ImageNet's 1.28 million images have 3,000 in arXiv 2006.09882.`,
    });
  return findings;
}
