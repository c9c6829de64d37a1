import { sinkhorn, type Collective, type SinkhornOptions } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** What codes are balanced with. */
export interface Balance extends SinkhornOptions {
  readonly collective: Collective;
  /** Scores of earlier embeddings [L, K], which share the prototypes with the batch. */
  readonly queued?: Tensor2D;
}

/** Codes of a batch, rows of sum 1, balanced over the batch and what is queued: scores [B, K] -> q [B, K]. */
export function balancedCode(scores: Tensor2D, { queued, collective, ...options }: Balance): Tensor2D {
  if (!queued) return sinkhorn(scores, options, collective);
  return tf.tidy(() => {
    const all = sinkhorn(tf.concat([queued, scores]), options, collective);
    return tf.slice(all, [queued.shape[0], 0], scores.shape);
  });
}
