import type { ObjectiveMatrices, ObjectiveSize } from '../contracts/objective.js';
import { chunkRows } from '../tensor/row-chunks.js';

/** Numbers of matrices over images and prototypes that a loss holds. */
export interface MatrixCounts {
  /** Where all rows are computed at once. */
  readonly atOnce: number;
  /** In chunks, those of all rows. */
  readonly whole: number;
  /** In chunks, those of one chunk. */
  readonly chunk: number;
}

/** Matrices of a loss whose rows, over K prototypes and all views, are computed by `inRowChunks`. */
export function chunkedMatrices(
  { batchSize: rows, views, width, prototypes: columns = width }: ObjectiveSize,
  { atOnce, whole, chunk }: MatrixCounts,
): readonly ObjectiveMatrices[] {
  const some = chunkRows(rows, views * columns);
  if (some >= rows) return [{ rows, columns, count: atOnce }];
  return [
    { rows, columns, count: whole },
    { rows: some, columns, count: chunk },
  ];
}

/** Those of cross-entropies by `againstTargets`: logits, softmax and targets, in chunks the gradient of one view and the parts of a chunk. */
export function crossEntropyMatrices(size: ObjectiveSize): readonly ObjectiveMatrices[] {
  return chunkedMatrices(size, { atOnce: 3 * size.views, whole: 1, chunk: 4 });
}

/** Those of consistencies and mean assignments of all views together: probabilities, logarithms and gradients, in chunks the gradients and all of a chunk. */
export function consistencyMatrices(size: ObjectiveSize): readonly ObjectiveMatrices[] {
  return chunkedMatrices(size, { atOnce: 4 * size.views, whole: size.views, chunk: 4 * size.views });
}

/** Scores of all views that an objective computes itself, from embeddings. */
export function scoreMatrices({ batchSize, views, width, prototypes = width }: ObjectiveSize): ObjectiveMatrices[] {
  return [{ rows: batchSize, columns: prototypes, count: views }];
}
