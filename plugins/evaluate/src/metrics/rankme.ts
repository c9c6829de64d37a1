import { defineComponent, rankMe, slots, Type } from '@carl-ssl/core';
import { matrix } from '../arrays.js';

/** Effective rank `rankme` of `features` [N, D], not centred: between 1 and min(N, D), 0 for zeros only. */
export default defineComponent(slots.metric, {
  use: 'rankme',
  description: 'Effective rank: exp of the entropy of the singular values.',
  source: 'arXiv 2210.02885, equations 1 and 2',
  options: Type.Object(
    {
      epsilon: Type.Number({
        exclusiveMinimum: 0,
        default: 1e-7,
        description: 'Added to each singular value after normalisation by their sum.',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ epsilon }) => ({ compute: inputs => ({ rankme: rankMe(matrix(inputs, 'features'), epsilon) }) }),
});
