import { sinkhorn, type Collective, type SinkhornOptions } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
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

/**
 * Codes of a batch, rows of sum 1, balanced over the batch of all workers and a full queue: scores [B, K] -> q [B, K]. With
 * a queue each worker balances all rows and keeps its own, so that the queue counts once.
 */
export function balancedCode(scores: Tensor2D, { queued, collective, ...options }: BalanceOptions): Tensor2D {
  if (!queued) return sinkhorn(scores, options, collective);
  return tf.tidy(() => {
    const alone = sinkhorn(scores, options, collective);
    const all = sinkhorn(tf.concat([queued.scores, ...collective.allGather([scores])]), options);
    const first = queued.scores.shape[0] + collective.rank * scores.shape[0];
    const shared = tf.slice(all, [first, 0], scores.shape) as Tensor2D;
    return tf.where(queued.full, shared, alone);
  });
}
