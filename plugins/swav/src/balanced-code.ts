import { sinkhorn, type Collective, type SinkhornOptions } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';

export interface BalanceOptions extends SinkhornOptions {
  readonly collective: Collective;
  /** Earlier embeddings that share the prototypes with the batch. */
  readonly queued?: QueuedScores;
}

/** Scores [L, K] of a queue, which count only if the boolean `full` is true. */
export interface QueuedScores {
  readonly scores: Tensor2D;
  readonly full: Scalar;
}

/** Codes of a batch, rows of sum 1, balanced over the batch and a full queue: scores [B, K] -> q [B, K]. */
export function balancedCode(scores: Tensor2D, { queued, collective, ...options }: BalanceOptions): Tensor2D {
  if (!queued) return sinkhorn(scores, options, collective);
  return tf.tidy(() => {
    const alone = sinkhorn(scores, options, collective);
    const all = sinkhorn(tf.concat([queued.scores, scores]), options, collective);
    const shared = tf.slice(all, [queued.scores.shape[0], 0], scores.shape) as Tensor2D;
    return tf.where(queued.full, shared, alone);
  });
}
