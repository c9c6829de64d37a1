import { sinkhorn, tf, type Collective, type SinkhornOptions } from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';

/** Options of balancing, and the other samples that take part. */
export interface BalanceOptions extends SinkhornOptions {
  readonly collective: Collective;
  /** Earlier embeddings that share the prototypes with the batch. */
  readonly queued?: QueuedScores;
}

/** Scores [L, K] of a queue, the same on all workers; ignored unless the boolean `full` is true. */
export interface QueuedScores {
  readonly scores: Tensor2D;
  readonly full: Scalar;
}

/** Codes of a batch, rows of sum 1, balanced over the batch of all workers and a full queue: scores [B, K] -> q [B, K]. */
export function balancedCode(scores: Tensor2D, { queued, collective, ...options }: BalanceOptions): Tensor2D {
  if (!queued) return sinkhorn(scores, options, collective);
  return tf.tidy(() => {
    const alone = sinkhorn(scores, options, collective);
    const shared = sinkhorn(scores, options, collective, queued.scores);
    return tf.where(queued.full, shared, alone);
  });
}
