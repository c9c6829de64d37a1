import type { EvaluationSizes, EvaluationWork } from '@carl-ssl/core';
import { formOf } from './maths/softmax-regression.js';

/** Bytes per second of a product that is limited by memory, in operations of one that is not. */
const FLOPS_PER_BYTE = 4;
const BYTES = 4;
/** Iterations of a fit in each form, averages of photographs and features. */
const ITERATIONS = { preconditioned: 25, 'row-span': 100, plain: 250 };
/** Operations per weight and iteration of L-BFGS: its two loops over ten steps, the line search, the penalty. */
const PER_WEIGHT = 70;

/** Images of the splits that evaluators without training measure. */
export function judgedImages({ images: { train, validation, test } }: EvaluationSizes): readonly number[] {
  const held = [validation, test].filter(count => count > 0);
  return held.length > 0 ? held : [train];
}

/** Work of the given number of fits of a probe to features [N, D] with K classes. */
export function probeWork(
  { dim, classes }: Pick<EvaluationSizes, 'dim' | 'classes'>,
  { rows, fits }: { readonly rows: number; readonly fits: number },
): EvaluationWork {
  const form = formOf(rows, dim);
  const iterations = fits * ITERATIONS[form];
  if (form === 'row-span') return rowSpanWork({ dim, classes }, { rows, fits, iterations });
  const isPreconditioned = form === 'preconditioned';
  const weights = classes * (dim + 1);
  const products = 4 * rows * weights + 2 * rows * dim * BYTES * FLOPS_PER_BYTE;
  const preconditioning = isPreconditioned ? 4 * weights * dim : 0;
  const decomposition = isPreconditioned ? dim ** 3 / 3 : 0;
  return {
    backendFlops: iterations * products + (isPreconditioned ? 2 * rows * dim * dim : 0),
    hostFlops: iterations * (PER_WEIGHT * weights + preconditioning) + fits * decomposition + 10 * rows * dim,
    bytes: 4 * rows * dim * BYTES + 25 * weights * 8 + (isPreconditioned ? 3 * 8 * dim * dim : 0),
  };
}

/** Work of fits by the products of the samples. */
function rowSpanWork(
  { dim, classes }: Pick<EvaluationSizes, 'dim' | 'classes'>,
  { rows, fits, iterations }: { readonly rows: number; readonly fits: number; readonly iterations: number },
): EvaluationWork {
  const coefficients = 2 * classes * (rows + 1);
  const product = 2 * classes * rows * rows + rows * rows * BYTES * FLOPS_PER_BYTE;
  const weights = 2 * classes * rows * dim + rows * dim * BYTES * FLOPS_PER_BYTE;
  return {
    backendFlops: 2 * rows * rows * dim + iterations * product + fits * weights,
    hostFlops: iterations * (PER_WEIGHT + 20) * coefficients + 18 * rows * dim,
    bytes: 4 * rows * dim * BYTES + 25 * coefficients * 8 + rows * rows * BYTES,
  };
}

/** Work of computing the distances between all pairs of at most `samples` images of each measured split. */
export function pairwiseWork(sizes: EvaluationSizes, samples: number): EvaluationWork {
  const rows = judgedImages(sizes).map(count => Math.min(count, samples));
  const pairs = rows.reduce((sum, count) => sum + (count * count) / 2, 0);
  return { backendFlops: 0, hostFlops: 3 * pairs * sizes.dim, bytes: 3 * Math.max(...rows) * sizes.dim * BYTES };
}
