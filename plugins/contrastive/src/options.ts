import { Type } from '@carl-ssl/core';

/** The temperature of cosines, an option of all these objectives. */
export const temperature = (
  value: number,
  description = 'Cosine similarities are divided by it; lower values give more weight to the most similar candidates.',
) => Type.Number({ exclusiveMinimum: 0, default: value, description });

export const queueSize = Type.Integer({
  minimum: 1,
  default: 4096,
  description:
    'M, the number of earlier embeddings in the queue; a multiple of the batch size, with `symmetric` of the batch size times the global views. MoCo uses 65536.',
});

export const symmetric = Type.Boolean({
  default: false,
  description:
    "false: the target of the first view is the teacher's output for the last global view, as published. true: the teacher's output for each view is a target for every other view, which makes better use of the forward passes.",
});
