import { Type } from '@carl-ssl/core';

/** Options of components that keep earlier embeddings for the Sinkhorn normalisation. */
export const queueOptions = {
  queueLength: Type.Integer({
    minimum: 0,
    default: 0,
    description:
      'Number of earlier embeddings of each view that are included when codes are balanced; for batches smaller than K.',
  }),
  queueStartEpoch: Type.Integer({
    minimum: 0,
    default: 0,
    description: 'Epoch, counted from 0, in which the queue starts to fill; it is used once it is full.',
  }),
};

export interface QueueOptions {
  readonly queueLength: number;
  readonly queueStartEpoch: number;
}
