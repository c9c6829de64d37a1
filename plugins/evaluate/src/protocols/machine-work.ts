import type { EvaluationSizes, EvaluationWork } from '@carl-ssl/core';

/** Average iterations of a fit. */
const ITERATIONS = 100;
const BYTES = 4;

/** How many classifiers an evaluator fits for each class. */
export interface Fits {
  readonly grid: readonly number[];
  readonly folds: number;
  readonly shots: readonly number[];
  readonly draws: number;
}

/** Work of linear classifiers of one class against the rest. */
export function machineWork({ grid, folds, shots, draws }: Fits, sizes: EvaluationSizes): EvaluationWork {
  const { images, dim, classes } = sizes;
  const [whole, part] = [images.train, (images.train * (folds - 1)) / folds];
  const few = shots.map(count => Math.min(images.train, count * classes));
  const fitted = classes * (whole + grid.length * folds * part + draws * few.reduce((sum, rows) => sum + rows, 0));
  const judged = classes * (images.validation + images.test) * (1 + draws * shots.length);
  const tried = grid.length * classes * images.train;
  return {
    backendFlops: 0,
    hostFlops: ITERATIONS * 4 * fitted * dim + 2 * (judged + tried) * dim,
    bytes: 3 * BYTES * (images.train + images.validation + images.test) * dim,
  };
}
