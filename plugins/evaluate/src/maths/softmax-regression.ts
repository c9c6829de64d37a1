import type { HostMatrix } from '@carl-ssl/core';
import { resultOf, type Stepwise } from '../stepwise.js';
import { solveSteps, type Solve } from './cholesky.js';
import { minimize, type Evaluation, type Minimum } from './minimize.js';

/**
 * Multinomial logistic regression: weights W [K, D] and biases [K], kept together as [K, D + 1] with the bias last. The
 * function minimised is mean cross-entropy + penalty / 2 * |W|^2; the bias is free.
 */
export interface Regression {
  readonly features: HostMatrix;
  /** 0 to `classes` - 1; every class occurs. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly penalty: number;
}

/** Computation of the cross-entropy and its gradient, with its precision. */
export interface CrossEntropy {
  /** Mean cross-entropy and its gradient at weights [K, D + 1]. */
  evaluate(weights: Float64Array): Evaluation | Stepwise<Evaluation>;
  /** Computes the lower triangle of X^T X / N [D + 1, D + 1] where X has a column of ones at its end. */
  gram(): Float64Array | Stepwise<Float64Array>;
  readonly noise: number;
  readonly tolerance: number;
}

/**
 * The penalty that scikit-learn's C stands for. With two classes there is one logit with one weight vector w there; the
 * optimum of the softmax has W_1 = -W_0 = w / 2, hence |W|^2 = |w|^2 / 2 and the same function at twice the penalty.
 */
export function penaltyOf(C: number, size: { readonly classes: number; readonly samples: number }): number {
  return (size.classes === 2 ? 2 : 1) / (C * size.samples);
}

/** Widest features [N, D] whose Hessian [D + 1, D + 1] is decomposed; its time grows with the third power of D. */
const WIDEST_PRECONDITIONED = 1024;

/**
 * Form in which a probe on features [N, D] is fitted: with a preconditioner; for wider features with fewer samples than
 * features by the products of the samples, and else without a preconditioner.
 */
export function formOf(rows: number, dim: number): 'preconditioned' | 'row-span' | 'plain' {
  if (dim <= WIDEST_PRECONDITIONED) return 'preconditioned';
  return rows < dim ? 'row-span' : 'plain';
}

/**
 * Fits from `start` (zeros if left out). The Hessian at zero weights, without its small class term, is the preconditioner;
 * wide features are fitted without one, in more but cheaper iterations.
 */
export function* fit(regression: Regression, entropy: CrossEntropy, start?: Float64Array): Stepwise<Minimum> {
  const { classes, penalty } = regression;
  const width = regression.features.columns + 1;
  const problem = {
    *evaluate(weights: Float64Array): Stepwise<Evaluation> {
      return penalised(yield* resultOf(entropy.evaluate(weights)), weights, { width, penalty });
    },
    precondition: yield* preconditioner(entropy, { width, classes, penalty }),
    noise: entropy.noise,
    tolerance: entropy.tolerance,
    maxIterations: 1000,
  };
  return yield* minimize(problem, start ?? new Float64Array(classes * width));
}

/** The share of |W|^2 in the minimised function. */
export function penaltyTerm(weights: Float64Array, { width, penalty }: { width: number; penalty: number }): number {
  let squares = 0;
  weights.forEach((weight, i) => {
    if (i % width !== width - 1) squares += weight * weight;
  });
  return (penalty / 2) * squares;
}

function penalised(entropy: Evaluation, weights: Float64Array, size: { width: number; penalty: number }): Evaluation {
  const bias = size.width - 1;
  const gradient = entropy.gradient.map((value, i) =>
    i % size.width === bias ? value : value + size.penalty * weights[i],
  );
  return { value: entropy.value + penaltyTerm(weights, size), gradient };
}

function* preconditioner(
  entropy: CrossEntropy,
  size: { width: number; classes: number; penalty: number },
): Stepwise<Solve> {
  if (size.width - 1 > WIDEST_PRECONDITIONED) return gradient => gradient;
  const solve = yield* solveSteps(curvature(yield* resultOf(entropy.gram()), size), size.width);
  return (gradient: Float64Array) => byRow(gradient, size.width, solve);
}

function curvature(gram: Float64Array, size: { width: number; classes: number; penalty: number }): Float64Array {
  const scaled = gram.map(value => value / size.classes);
  for (let i = 0; i < size.width - 1; i++) scaled[i * size.width + i] += size.penalty;
  return scaled;
}

function byRow(values: Float64Array, width: number, solve: (row: Float64Array) => Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += width)
    result.set(solve(values.subarray(start, start + width)), start);
  return result;
}
