import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Collective } from '../contracts/collective.js';
import { logSumExp } from './log-softmax.js';

export interface SinkhornOptions {
  /** Scores are divided by it first: smaller is closer to a hard assignment. */
  readonly epsilon: number;
  /** Times that prototypes and then samples are balanced. */
  readonly iterations: number;
}

/**
 * Codes of the Sinkhorn-Knopp algorithm: scores [B, K] -> q [B, K], rows of sum 1 in which every prototype gets about the
 * same share of the samples of all workers. No gradient is meant to go through it.
 * @see arXiv 2006.09882, section 3.1
 */
export function sinkhorn(scores: Tensor2D, { epsilon, iterations }: SinkhornOptions, collective: Collective): Tensor2D {
  return tf.tidy(() => {
    // Only differences count. Taking the largest score away before the division keeps the digits of those that matter.
    const largest = tf.max(collective.allGather(tf.reshape(tf.max(scores), [1])));
    return tf.exp(balanced(tf.div(tf.sub(scores, largest), epsilon), iterations, collective));
  });
}

/**
 * The same on logarithms: log Q [B, K] -> log Q whose prototypes and then samples were balanced. In logarithms no score
 * overflows and no sample loses all its mass, however large the scores are.
 */
export function balanced(logarithms: Tensor2D, iterations: number, collective: Collective): Tensor2D {
  return tf.tidy(() => {
    let result = tf.clone(logarithms);
    for (let i = 0; i < iterations; i++) {
      const prototypesBalanced = tf.sub<Tensor2D>(result, logSumOverSamples(result, collective));
      result = tf.sub(prototypesBalanced, logSumExp(prototypesBalanced, 1));
    }
    return result;
  });
}

/** Per prototype, log of the sum of exponentials over the samples of all workers: [B, K] -> [1, K]. */
function logSumOverSamples(values: Tensor2D, collective: Collective): Tensor2D {
  if (collective.size === 1) return logSumExp(values, 0);
  const largest = tf.max<Tensor2D>(collective.allGather(tf.max<Tensor2D>(values, 0, true)), 0, true);
  const mean = collective.allReduceMean(tf.sum<Tensor2D>(tf.exp(tf.sub(values, largest)), 0, true));
  return tf.add(largest, tf.log(tf.mul(mean, collective.size)));
}
