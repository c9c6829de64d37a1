import {
  comparedAtOnce,
  inChunks,
  kernels,
  logSumExp,
  normalizeRows,
  oneHot,
  tf,
  type Collective,
  type ObjectiveMatrices,
  type ObjectiveSize,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** Subtracted from a score to remove a candidate from a softmax; the result is zero and all numbers stay finite. */
const REMOVED = 1e9;

/** Unit embeddings of a view: of this worker [B, D], and of all workers [N, D] in order of rank. */
export interface Gathered {
  readonly own: Tensor2D;
  readonly all: Tensor2D;
}

export function gather(view: Tensor2D, collective: Collective): Gathered {
  const own = normalizeRows(view);
  return { own, all: collective.allGather([own])[0] };
}

/** Cosines of a's samples with all candidates of b: [B, N]. */
export function cosines(a: Gathered, b: Gathered): Tensor2D {
  return tf.matMul(a.own, b.all, false, true);
}

/** How many of the samples of two views, N in the batch of all workers, are compared at a time. */
const atOnce = (samples: number): number => comparedAtOnce(2 * samples);

/** Two matrices of all samples of two views for each pair of views, N being the global batch. */
function pairMatrices({ batchSize, views }: ObjectiveSize): readonly ObjectiveMatrices[] {
  return [{ rows: 2 * batchSize, columns: 2 * batchSize, count: views * (views - 1) }];
}

/** Scores and partners of {@link comparedInChunks} for all pairs of views; of a large batch, those of one chunk. */
export function choiceMatrices(size: ObjectiveSize): readonly ObjectiveMatrices[] {
  const [columns, rows] = [2 * size.batchSize, atOnce(size.batchSize)];
  return columns <= rows ? pairMatrices(size) : [{ rows, columns, count: 2 }];
}

/**
 * Cross-entropies [2B] of the samples of a, then b, to the other view of the same image among all samples of a and b but
 * themselves, by cosine over temperature.
 */
export function entropiesOf(
  pair: readonly [Gathered, Gathered],
  temperature: Scalar,
  collective: Collective,
): Tensor1D {
  return comparedInChunks({ pair, temperature, collective }, (scores, partners) =>
    kernels.softmaxCrossEntropy(scores, partners),
  );
}

/** Log of the summed exponentials of the same scores without that of the partner, [2B]. */
export function repulsionsOf(
  pair: readonly [Gathered, Gathered],
  temperature: Scalar,
  collective: Collective,
): Tensor1D {
  return comparedInChunks({ pair, temperature, collective }, (scores, partners) =>
    tf.squeeze<Tensor1D>(logSumExp(tf.sub<Tensor2D>(scores, tf.mul(partners, REMOVED)), -1), [1]),
  );
}

interface Comparison {
  readonly pair: readonly [Gathered, Gathered];
  readonly temperature: Scalar;
  readonly collective: Collective;
}

/**
 * Values [2B] of the samples of a, then b, from their scores with all samples of a and b, [R, 2N], in which their own are
 * removed, and from the places of their partners, one-hot [R, 2N]. Large batches are compared some rows R at a time.
 */
function comparedInChunks(
  { pair: [a, b], temperature, collective: { rank } }: Comparison,
  valuesOf: (scores: Tensor2D, partners: Tensor2D) => Tensor1D,
): Tensor1D {
  const [batch, samples] = [a.own.shape[0], a.all.shape[0]];
  const inputs = [tf.concat([a.own, b.own]), tf.concat([a.all, b.all]), temperature] as const;
  // The column of a row's sample, and that of its partner, in the first view or the second.
  const column = (row: number, view: number): number => view * samples + rank * batch + (row % batch);
  return inChunks(inputs, { rows: 2 * batch, atOnce: atOnce(samples) }, ([own, all, over], { begin, end }) => {
    const rows = Array.from({ length: end - begin }, (_, i) => begin + i);
    const oneHotOf = (columns: number[]) => oneHot(tf.tensor1d(columns, 'int32'), 2 * samples);
    const themselves = oneHotOf(rows.map(row => column(row, row < batch ? 0 : 1)));
    const partners = oneHotOf(rows.map(row => column(row, row < batch ? 1 : 0)));
    const cosines = tf.matMul(tf.slice(own, [begin, 0], [rows.length, -1]), all, false, true);
    const scores = tf.sub(cosines, tf.mul(themselves, REMOVED));
    return valuesOf(tf.div<Tensor2D>(scores, over), partners);
  });
}
