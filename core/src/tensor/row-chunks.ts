import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { batchShare, rangesOf, rowsAtOnce, type Rows } from './chunks.js';
import { withGradient } from './custom-gradient.js';
import { nestedGradients } from './nested-gradients.js';
import { scope } from './scope.js';
import { tf } from './tf.js';

/** Tensors from which values of rows are computed. */
export interface RowInputs {
  /** With gradient, each [B, K]. */
  readonly rows: readonly Tensor2D[];
  /** Without gradient, each [B, K]. */
  readonly constants: readonly Tensor2D[];
  /** Without gradient, of any shape, the same for all rows. */
  readonly shared?: readonly Tensor[];
}

/** A value of each row, [B], and optionally a sum over the rows, such as that of their softmax, [K]. */
export interface RowValues {
  readonly values: Tensor1D;
  readonly sum?: Tensor1D;
}

/** Floats of matrices that are computed at once, which is faster: 64 MiB. */
const WHOLE = 2 ** 24;

/**
 * Returns how many rows {@link inRowChunks} computes at a time, if they have so many floats each over all matrices: all of
 * them, or those of a chunk where that would take much memory.
 */
export function chunkRows(rows: number, floats: number): number {
  return rows * floats <= WHOLE * batchShare() ? rows : rowsAtOnce(floats);
}

/** Computes the values of some rows. It depends on its inputs only. */
type Compute<V extends RowValues> = (inputs: Required<RowInputs>) => V;

/**
 * Values of the rows of large matrices, computed `atOnce` rows at a time: besides the matrices and their gradients, only the
 * intermediate tensors of one chunk are in memory. The backward pass computes each chunk again. Numbers do not depend on the
 * chunks, but for the order in which sums are added.
 */
export function inRowChunks<V extends RowValues>(inputs: RowInputs, atOnce: number, compute: Compute<V>): V {
  const { rows, constants, shared = [] } = inputs;
  const batch = rows[0].shape[0];
  if (batch <= atOnce) return compute({ rows, constants, shared });
  const ranges = rangesOf({ rows: batch, atOnce });
  const once = withGradient((...given: Tensor2D[]) => {
    const saved = [...given, ...constants, ...shared];
    const chunk = (all: readonly Tensor[], range: Rows): Required<RowInputs> => chunkOf(inputs, all, range);
    return {
      value: tf.tidy(() => packed(ranges.map(range => scope(() => compute(chunk(saved, range)))))),
      saved,
      gradient: (dy: Tensor1D, kept) =>
        joined(ranges.map(range => tf.tidy(() => gradientsOf(chunk(kept, range), partOf(dy, range, batch), compute)))),
    };
  });
  return unpacked(once(...rows), batch) as V;
}

/** A matrix made from the rows of another one, `atOnce` rows at a time. Not differentiated. */
export function mapRows(matrix: Tensor2D, atOnce: number, compute: (rows: Tensor2D) => Tensor2D): Tensor2D {
  const ranges = rangesOf({ rows: matrix.shape[0], atOnce });
  if (ranges.length === 1) return tf.tidy(() => compute(matrix));
  return tf.tidy(() => tf.concat(ranges.map(range => tf.tidy(() => compute(rowsOf(matrix, range))))));
}

/** The rows of a range: [B, K] -> [end - begin, K]. */
export const rowsOf = (matrix: Tensor2D, { begin, end }: Rows): Tensor2D =>
  tf.slice(matrix, [begin, 0], [end - begin, -1]);

/** The rows of a range, from all tensors in the order in which they are saved. */
function chunkOf(
  { rows: { length: trained }, constants }: RowInputs,
  saved: readonly Tensor[],
  range: Rows,
): Required<RowInputs> {
  const part = (all: Tensor): Tensor2D => rowsOf(all as Tensor2D, range);
  const last = trained + constants.length;
  return {
    rows: saved.slice(0, trained).map(part),
    constants: saved.slice(trained, last).map(part),
    shared: saved.slice(last),
  };
}

/** Values and sum in one tensor, [B + K]: a function with its own gradient has one result. */
function packed(chunks: readonly RowValues[]): Tensor1D {
  const sums = chunks.flatMap(({ sum }) => sum ?? []);
  return tf.concat([...chunks.map(({ values }) => values), ...(sums.length > 0 ? [tf.addN(sums)] : [])]);
}

function unpacked(both: Tensor1D, batch: number): RowValues {
  if (both.size === batch) return { values: both };
  return { values: tf.slice(both, 0, batch), sum: tf.slice(both, batch) };
}

/** The gradient by the values of a range and by the sum. */
function partOf(dy: Tensor1D, { begin, end }: Rows, batch: number): Tensor1D {
  const values = tf.slice(dy, begin, end - begin);
  return dy.size === batch ? values : tf.concat([values, tf.slice(dy, batch)]);
}

function gradientsOf(chunk: Required<RowInputs>, dy: Tensor1D, compute: Compute<RowValues>): Tensor[] {
  return nestedGradients(() => packed([compute(chunk)]), chunk.rows, dy);
}

/** Puts the gradients of all chunks together, one matrix after the other; frees the chunks. */
function joined(chunks: readonly (readonly Tensor[])[]): Tensor[] {
  return chunks[0].map((_, i) => {
    const parts = chunks.map(gradients => gradients[i]);
    const whole = tf.concat(parts);
    tf.dispose(parts);
    return whole;
  });
}
