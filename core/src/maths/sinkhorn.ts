import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import { rangesOf, withBatchShare, type Rows } from '../tensor/chunks.js';
import { chunkRows, rowsOf } from '../tensor/row-chunks.js';
import { softmax } from '../tensor/softmax.js';
import { tf } from '../tensor/tf.js';
import { logSumExp } from './log-softmax.js';

export interface SinkhornOptions {
  /** Scores are divided by it first: smaller is closer to a hard assignment. */
  readonly epsilon: number;
  /** Times that prototypes and then samples are balanced. */
  readonly iterations: number;
}

/**
 * Codes of the Sinkhorn-Knopp algorithm: scores [B, K] -> q [B, K], rows of sum 1 in which every prototype gets about the
 * same share of the samples of all workers, or of the given ones without a collective. Scores [L, K] of a queue, the same on
 * all workers, count once. Not differentiated.
 * @see arXiv 2006.09882, section 3.1
 */
export function sinkhorn(
  scores: Tensor2D,
  { epsilon, iterations }: SinkhornOptions,
  collective?: Collective,
  queue?: Tensor2D,
): Tensor2D {
  return tf.tidy(() => {
    // A queue is as long for a share of the batch.
    const others = queue ? [withBatchShare(1, () => samplesOf(queue, epsilon))] : [];
    const samples = [samplesOf(scores, epsilon), ...others];
    const [own, ...queued] = samples.map(({ largest }) => tf.reshape<Rank.R1>(tf.max(largest), [1]));
    const ofWorkers = collective ? collective.allGather([own])[0] : own;
    const ofAll = tf.max(tf.concat([ofWorkers, ...queued]));
    const start = ({ largest }: Samples): Tensor2D => tf.div(tf.sub(largest, ofAll), epsilon);
    return balance(
      samples.map(all => ({ ...all, start: start(all) })),
      iterations,
      collective,
    );
  });
}

/** The same from the probabilities softmax(scores / epsilon); without iterations, these probabilities. */
export function balanced(scores: Tensor2D, { epsilon, iterations }: SinkhornOptions, collective: Collective): Tensor2D {
  return tf.tidy(() => balance([samplesOf(scores, epsilon)], iterations, collective));
}

/** Scores of samples, some rows at a time where all would fill much memory. */
interface Samples {
  readonly ranges: readonly Rows[];
  /** The largest score of each sample, [B, 1]. */
  readonly largest: Tensor2D;
  /** (scores - largest) / epsilon. Only differences matter, and subtracting first keeps the precision of large scores. */
  readonly relative: (range: Rows) => Tensor2D;
  /** Logarithms of the first weights of the samples, [B, 1]; by default those that balance them. */
  readonly start?: Tensor2D;
}

/** Views that have a code as a rule: each is computed in chunks where the losses of all are. */
const VIEWS = 2;

function samplesOf(scores: Tensor2D, epsilon: number): Samples {
  const [rows, prototypes] = scores.shape;
  const ranges = rangesOf({ rows, atOnce: chunkRows(rows, VIEWS * prototypes) });
  const largest = tf.max<Tensor2D>(scores, 1, true);
  const over = (some: Tensor2D, most: Tensor2D): Tensor2D => tf.div(tf.sub(some, most), epsilon);
  const whole = ranges.length === 1 ? over(scores, largest) : undefined;
  return { ranges, largest, relative: range => whole ?? over(rowsOf(scores, range), rowsOf(largest, range)) };
}

/**
 * exp(relative + f + g) of the first samples, with f [1, K] and g [B, 1] such that prototypes, then samples are balanced. Only f
 * is kept: g follows from it, as the last g gives rows of sum 1. All is in logarithms: no score overflows, no sample loses all
 * its mass, and rounding errors do not add up. A prototype needs its whole column, but only the sum over it, so that rows can
 * be computed in chunks.
 */
function balance(samples: readonly Samples[], iterations: number, collective: Collective | undefined): Tensor2D {
  let ofPrototypes: Tensor2D = tf.zeros([1, 1]);
  for (let i = 0; i < iterations; i++) {
    const given = ofPrototypes;
    ofPrototypes = tf.tidy(() => {
      const [own, ...rest] = samples.map(all => logMass(all, i === 0 ? all.start : undefined, given));
      const shares = logSumOver([...overWorkers(own, collective), ...rest]);
      return tf.sub(tf.min<Tensor2D>(shares, 1, true), shares);
    });
  }
  const [{ ranges, relative }] = samples;
  const codes = ranges.map(range => tf.tidy(() => softmax(tf.add<Tensor2D>(relative(range), ofPrototypes))));
  return codes.length === 1 ? codes[0] : tf.concat(codes);
}

/** Per prototype, log of the sum of exponentials over the samples, [1, K], whose weights balance them unless they are given. */
function logMass({ ranges, relative }: Samples, start: Tensor2D | undefined, ofPrototypes: Tensor2D): Tensor2D {
  const parts = ranges.map(range =>
    tf.tidy(() => {
      const some = relative(range);
      const ofSamples = start ? rowsOf(start, range) : tf.neg(logSumExp(tf.add<Tensor2D>(some, ofPrototypes), 1));
      return logSumExp(tf.add<Tensor2D>(some, ofSamples), 0);
    }),
  );
  return logSumOver(parts);
}

function overWorkers(own: Tensor2D, collective: Collective | undefined): Tensor2D[] {
  return collective && collective.size > 1 ? [collective.allGather([own])[0]] : [own];
}

/** Log of the sum of exponentials over all rows, [1, K]. */
function logSumOver(parts: readonly Tensor2D[]): Tensor2D {
  const all = parts.length === 1 ? parts[0] : tf.concat<Tensor2D>([...parts]);
  return all.shape[0] === 1 ? all : logSumExp(all, 0);
}
