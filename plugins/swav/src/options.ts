import { Type } from 'typebox';

/** Options of components that keep earlier embeddings for the Sinkhorn normalisation. */
export const queueOptions = {
  queueLength: Type.Integer({
    minimum: 0,
    default: 0,
    description: 'Earlier embeddings of each view that take part when codes are balanced; for batches smaller than K.',
  }),
  queueStartEpoch: Type.Integer({
    minimum: 0,
    default: 0,
    description: 'Epoch, from 0, in which the queue begins to fill; it takes part once it is full.',
  }),
};

export interface QueueOptions {
  readonly queueLength: number;
  readonly queueStartEpoch: number;
}
