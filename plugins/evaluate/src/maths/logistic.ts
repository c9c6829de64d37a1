import type { HostMatrix } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import { minimize, type Evaluation } from './minimize.js';
import { decisions, type SquaredHinge } from './squared-hinge.js';

/**
 * Weights [D + 1], the bias last, at the minimum of |w|^2 / 2 + C sum_i c_i log(1 + exp(-y_i (w . x_i + b))), iteration by
 * iteration, from the given weights on. The bias is not penalised, as in scikit-learn's LogisticRegression.
 */
export function* logisticSteps(problem: SquaredHinge, start?: Float64Array): Stepwise<Float64Array> {
  const { features, C, positiveWeight } = problem;
  const { columns, rows } = features;
  const bound = (C * Math.max(1, positiveWeight)) / 4;
  const curvature = squares(features).map((sum, i) => (i < columns ? 1 : 0) + bound * sum);
  const task = {
    evaluate: (point: Float64Array) => evaluate(problem, point),
    precondition: (gradient: Float64Array) => gradient.map((value, i) => value / curvature[i]),
    noise: 1e-15,
    tolerance: 1e-9 * Math.max(1, C) * rows,
    maxIterations: 2000,
  };
  return (yield* minimize(task, start ?? new Float64Array(columns + 1))).point;
}

function evaluate({ features, positive, C, positiveWeight }: SquaredHinge, point: Float64Array): Evaluation {
  const { data, columns } = features;
  const gradient = point.slice();
  gradient[columns] = 0;
  let value = 0;
  for (let i = 0; i < columns; i++) value += point[i] ** 2 / 2;
  decisions(features, point).forEach((decision, row) => {
    const sign = positive[row] ? 1 : -1;
    const weight = C * (positive[row] ? positiveWeight : 1);
    const margin = sign * decision;
    value += weight * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin));
    const slope = (-weight * sign) / (1 + Math.exp(margin));
    for (let i = 0; i < columns; i++) gradient[i] += slope * data[row * columns + i];
    gradient[columns] += slope;
  });
  return { value, gradient };
}

/** Sums of squares of each feature, and of the constant one. */
function squares({ data, rows, columns }: HostMatrix): Float64Array {
  const sums = new Float64Array(columns + 1);
  for (let i = 0; i < data.length; i++) sums[i % columns] += data[i] * data[i];
  sums[columns] = rows;
  return sums;
}
