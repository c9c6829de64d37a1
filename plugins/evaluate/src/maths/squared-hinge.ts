import type { HostMatrix } from '@carl-ssl/core';
import { atOnce, type Stepwise } from '../stepwise.js';
import { minimize, type Evaluation } from './minimize.js';

/** A linear support vector machine for one class against the rest. */
export interface SquaredHinge {
  /** [N, D]. */
  readonly features: HostMatrix;
  /** True for samples of the class. */
  readonly positive: readonly boolean[];
  /** Weight of the loss against the penalty. */
  readonly C: number;
  /** Factor of the loss of samples of the class. */
  readonly positiveWeight: number;
}

/**
 * Weights [D + 1], the bias last, at the minimum of |w|^2 / 2 + C sum_i c_i max(0, 1 - y_i (w . x_i + b))^2. The bias is
 * penalised like a weight of a constant feature 1.
 * @see Fan et al. 2008 (LIBLINEAR), L2-regularised L2-loss support vector classification
 */
export function fitSquaredHinge(machine: SquaredHinge): Float64Array {
  return atOnce(squaredHingeSteps(machine));
}

/** Like {@link fitSquaredHinge}, iteration by iteration, from the given weights on. */
export function* squaredHingeSteps(machine: SquaredHinge, start?: Float64Array): Stepwise<Float64Array> {
  const { features, C, positiveWeight } = machine;
  const { columns } = features;
  const curvature = diagonal(features).map(sum => 1 + 2 * C * Math.max(1, positiveWeight) * sum);
  const problem = {
    evaluate: (point: Float64Array) => evaluate(machine, point),
    precondition: (gradient: Float64Array) => gradient.map((value, i) => value / curvature[i]),
    noise: 1e-15,
    tolerance: 1e-9 * Math.max(1, C) * features.rows,
    maxIterations: 2000,
  };
  return (yield* minimize(problem, start ?? new Float64Array(columns + 1))).point;
}

/** Decision values [M] of features [M, D]. */
export function decisions({ data, rows, columns }: HostMatrix, weights: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = weights[columns];
    for (let i = 0; i < columns; i++) sum += data[row * columns + i] * weights[i];
    return sum;
  });
}

function evaluate({ features, positive, C, positiveWeight }: SquaredHinge, point: Float64Array): Evaluation {
  const { data, columns } = features;
  const gradient = point.slice();
  let value = point.reduce((sum, weight) => sum + (weight * weight) / 2, 0);
  decisions(features, point).forEach((decision, row) => {
    const sign = positive[row] ? 1 : -1;
    const margin = 1 - sign * decision;
    if (margin <= 0) return;
    const weight = C * (positive[row] ? positiveWeight : 1);
    value += weight * margin * margin;
    const slope = -2 * weight * margin * sign;
    for (let i = 0; i < columns; i++) gradient[i] += slope * data[row * columns + i];
    gradient[columns] += slope;
  });
  return { value, gradient };
}

/** Sums of squares of each feature, and of the constant one. */
function diagonal({ data, rows, columns }: HostMatrix): Float64Array {
  const sums = new Float64Array(columns + 1);
  for (let i = 0; i < data.length; i++) sums[i % columns] += data[i] * data[i];
  sums[columns] = rows;
  return sums;
}
