import { sinkhorn, type Collective, type SinkhornOptions } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Options of balancing, and the other samples that take part. */
export interface Balance extends SinkhornOptions {
  readonly collective: Collective;
  /** Scores of earlier embeddings [L, K], the same on all workers, which share the prototypes with the batch. */
  readonly queued?: Tensor2D;
}

/**
 * Codes of a batch, rows of sum 1, balanced over the batch of all workers and the queue: scores [B, K] -> q [B, K]. With a
 * queue each worker balances all rows and keeps its own, so that the queue counts once.
 */
export function balancedCode(scores: Tensor2D, { queued, collective, ...options }: Balance): Tensor2D {
  if (!queued) return sinkhorn(scores, options, collective);
  return tf.tidy(() => {
    const codes = sinkhorn(tf.concat([queued, ...collective.allGather([scores])]), options);
    return tf.slice(codes, [queued.shape[0] + collective.rank * scores.shape[0], 0], scores.shape);
  });
}
