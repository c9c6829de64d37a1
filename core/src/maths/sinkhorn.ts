import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import { softmax } from '../tensor/softmax.js';
import { logSumExp } from './log-softmax.js';

export interface SinkhornOptions {
  /** Scores are divided by it first: smaller is closer to a hard assignment. */
  readonly epsilon: number;
  /** Times that prototypes and then samples are balanced. */
  readonly iterations: number;
}

/**
 * Codes of the Sinkhorn-Knopp algorithm: scores [B, K] -> q [B, K], rows of sum 1 in which every prototype gets about the
 * same share of the samples of all workers, or of the given ones without a collective. Not differentiated.
 * @see arXiv 2006.09882, section 3.1
 */
export function sinkhorn(
  scores: Tensor2D,
  { epsilon, iterations }: SinkhornOptions,
  collective?: Collective,
): Tensor2D {
  return tf.tidy(() => {
    // Only differences matter. Subtracting the largest before the division keeps the precision of large scores.
    const ofSample = tf.max<Tensor2D>(scores, 1, true);
    const largest = tf.max(ofSample);
    const ofAll = collective ? tf.max(collective.allGather([tf.reshape(largest, [1])])[0]) : largest;
    const relative = tf.div<Tensor2D>(tf.sub(scores, ofSample), epsilon);
    return balance(relative, tf.div(tf.sub(ofSample, ofAll), epsilon), { iterations, collective });
  });
}

/** The same from probabilities given as logarithms [B, K]; without iterations, these probabilities. */
export function balanced(logarithms: Tensor2D, iterations: number, collective: Collective): Tensor2D {
  return tf.tidy(() => {
    const ofSample = tf.max<Tensor2D>(logarithms, 1, true);
    return balance(tf.sub(logarithms, ofSample), ofSample, { iterations, collective });
  });
}

/**
 * exp(relative + f + g) with f [1, K] and g [B, 1] such that prototypes, then samples are balanced. Only f and g change,
 * and all is in logarithms: no score overflows, no sample loses all its mass, and rounding errors do not add up.
 */
function balance(
  relative: Tensor2D,
  start: Tensor2D,
  { iterations, collective }: { readonly iterations: number; readonly collective: Collective | undefined },
): Tensor2D {
  if (iterations === 0) return tf.exp(tf.add<Tensor2D>(relative, start));
  let weighted = relative;
  let ofSamples = start;
  for (let i = 0; i < iterations; i++) {
    const shares = logSumOverSamples(tf.add(relative, ofSamples), collective);
    weighted = tf.add(relative, tf.sub(tf.min<Tensor2D>(shares, 1, true), shares));
    ofSamples = tf.neg(logSumExp(weighted, 1));
  }
  // The last g gives rows of sum 1.
  return softmax(weighted);
}

/** Per prototype, log of the sum of exponentials over the samples of all workers: [B, K] -> [1, K]. */
function logSumOverSamples(values: Tensor2D, collective: Collective | undefined): Tensor2D {
  const own = logSumExp(values, 0);
  if (!collective || collective.size === 1) return own;
  return logSumExp(collective.allGather([own])[0], 0);
}
