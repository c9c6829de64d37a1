import {
  normalizeRows,
  oneHot,
  ownPlaces,
  type Collective,
  type ObjectiveMatrices,
  type ObjectiveSize,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

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

/** The scores [B, N] with each sample's own column removed. */
export function others(scores: Tensor2D, collective: Collective): Tensor2D {
  return tf.sub(scores, tf.mul(ownPlaces(scores.shape[0], scores.shape[1], collective), REMOVED));
}

/** Candidates of every sample of two views, and the right one. */
export interface Choice {
  /** [2B, 2N], cosines of the samples of a, then b, with all those of a, then b; a sample's cosine with itself is removed. */
  readonly scores: Tensor2D;
  /** [2B, 2N], one-hot: the same image in the other view. */
  readonly partners: Tensor2D;
}

/** Scores and partners of {@link choiceOf} for all pairs of views, N being the global batch. */
export function choiceMatrices({ batchSize, views }: ObjectiveSize): readonly ObjectiveMatrices[] {
  const pairs = (views * (views - 1)) / 2;
  return [{ rows: 2 * batchSize, columns: 2 * batchSize, count: 2 * pairs }];
}

export function choiceOf(a: Gathered, b: Gathered, { rank }: Collective): Choice {
  const [batch, samples] = [a.own.shape[0], a.all.shape[0]];
  const [first, second] = [0, samples].map(view =>
    tf.range(view + rank * batch, view + (rank + 1) * batch, 1, 'int32'),
  );
  const scores = tf.matMul(tf.concat([a.own, b.own]), tf.concat([a.all, b.all]), false, true);
  const themselves = oneHot(tf.concat([first, second]), 2 * samples);
  return {
    scores: tf.sub(scores, tf.mul(themselves, REMOVED)),
    partners: oneHot(tf.concat([second, first]), 2 * samples),
  };
}
