import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.js';
import { nestedGradients } from './nested-gradients.js';
import { tf } from './tf.js';

/** A range of rows. */
export interface Rows {
  readonly begin: number;
  readonly end: number;
}

/** Floats of a matrix of one chunk, at most: 16 MiB. */
const CHUNK = 2 ** 22;

/** A symbol, so that the copies of this file of a program and of a plugin have one share. */
const SHARE = Symbol.for('carl-ssl.batch-share');
const shares = globalThis as { [SHARE]?: Share };

/** A share of a batch that runs for the sake of what all of it would need. */
interface Share {
  readonly share: number;
  readonly trial?: TrialBatch;
}

/** Some images in place of a batch. */
export interface TrialBatch {
  readonly images: number;
  readonly batchSize: number;
  /** Chunks, at most: a power of two that divides the images of all trials that are compared. */
  readonly mostChunks: number;
}

/** The share of a batch that runs, 1 outside of {@link withBatchShare}. */
export const batchShare = (): number => shares[SHARE]?.share ?? 1;

/** Runs work on a share of a batch: in chunks if all of the batch is computed in chunks, and in about as many. */
export function withBatchShare<R>(share: number, work: () => R): R {
  return within({ share }, work);
}

/**
 * Runs work on some images in place of a batch: in chunks if the batch is computed in chunks, in as many for any number of
 * images, so that the sequence of operations is the same.
 */
export function withTrialBatch<R>(trial: TrialBatch, work: () => R): R {
  return within({ share: trial.images / trial.batchSize, trial }, work);
}

function within<R>(share: Share, work: () => R): R {
  const before = shares[SHARE];
  shares[SHARE] = share;
  try {
    return work();
  } finally {
    shares[SHARE] = before;
  }
}

/** Returns how many rows a chunk has: its matrices have that many rows, each of the given number of floats. */
export function rowsAtOnce(floats: number): number {
  const rows = (CHUNK * batchShare()) / floats;
  const trial = shares[SHARE]?.trial;
  if (!trial || rows >= trial.images) return Math.max(1, Math.floor(rows));
  const chunks = 2 ** Math.floor(Math.log2(trial.images / rows));
  return Math.ceil(trial.images / Math.min(chunks, trial.mostChunks));
}

/** The same for rows of as many floats as the batch has samples. */
export function comparedAtOnce(samples: number): number {
  return rowsAtOnce(samples / batchShare());
}

/** Splits rows into chunks. */
export function rangesOf({ rows, atOnce }: Chunks): readonly Rows[] {
  return Array.from({ length: Math.ceil(rows / atOnce) }, (_, i) => ({
    begin: i * atOnce,
    end: Math.min(rows, (i + 1) * atOnce),
  }));
}

/** How many rows there are, and how many of them are computed at a time. */
export interface Chunks {
  readonly rows: number;
  readonly atOnce: number;
}

/**
 * Values of rows, [rows], that are computed some rows at a time: the intermediate tensors of one chunk are in memory, forward
 * and backward, and not those of all rows. The backward pass computes each chunk again. Numbers do not depend on the chunks,
 * but for the order in which gradients are added.
 * @param compute from the inputs to the values of a range of rows; it depends on nothing else that is trained
 */
export function inChunks<const I extends readonly Tensor[]>(
  inputs: I,
  chunks: Chunks,
  compute: (inputs: I, rows: Rows) => Tensor1D,
): Tensor1D {
  const ranges = rangesOf(chunks);
  if (ranges.length <= 1) return compute(inputs, { begin: 0, end: chunks.rows });
  const once = withGradient((...given: Tensor[]) => ({
    value: tf.tidy(() => tf.concat(ranges.map(range => tf.tidy(() => compute(given as unknown as I, range))))),
    saved: given,
    gradient: (dy: Tensor1D, saved) =>
      ranges.reduce<Tensor[]>((sums, range) => {
        const part = tf.slice(dy, range.begin, range.end - range.begin);
        const gradients = nestedGradients(() => compute(saved as unknown as I, range), saved, part);
        part.dispose();
        return added(sums, gradients);
      }, []),
  }));
  return once(...inputs);
}

/** Sums in place of their terms, which are freed. */
function added(sums: readonly Tensor[], terms: readonly Tensor[]): Tensor[] {
  if (sums.length === 0) return [...terms];
  const all = sums.map((sum, i) => tf.add(sum, terms[i]));
  tf.dispose([...sums, ...terms]);
  return all;
}
