import { Type } from 'typebox';

/** The temperature of cosines, an option of all these objectives. */
export const temperature = (
  value: number,
  description = 'Cosines are divided by it; smaller weighs near candidates more.',
) => Type.Number({ exclusiveMinimum: 0, default: value, description });

export const queueSize = Type.Integer({
  minimum: 1,
  default: 4096,
  description:
    'M, the number of earlier embeddings that are kept; a multiple of the batch size, with `symmetric` times the global views. MoCo has 65536.',
});

export const symmetric = Type.Boolean({
  default: false,
  description:
    'false: the first view learns from the teacher of the last global view, as published. true: every view learns from the teacher of every other one, which uses the forward passes better.',
});
