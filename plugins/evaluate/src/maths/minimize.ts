import { resultOf, type Stepwise } from '../stepwise.js';

/** Value and gradient of a function at a point. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A smooth convex function to be minimised, with its known properties. */
export interface Problem {
  /** In steps, where the computation takes long. */
  evaluate(point: Float64Array): Evaluation | Stepwise<Evaluation>;
  /** An approximate inverse Hessian times the gradient; only its direction counts. */
  precondition(gradient: Float64Array): Float64Array;
  /** Inner product of two points or gradients; by default the sum of the products of their entries. */
  readonly inner?: (a: Float64Array, b: Float64Array) => number;
  /** Size of a gradient; by default its largest entry in magnitude. */
  readonly size?: (gradient: Float64Array) => number;
  /** Relative rounding error of the value. */
  readonly noise: number;
  /** The minimisation ends when the gradient is not larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

export interface Minimum extends Evaluation {
  readonly point: Float64Array;
  readonly iterations: number;
}

/** One remembered step: how the point moved and how the gradient changed. */
interface Step {
  readonly move: Float64Array;
  readonly change: Float64Array;
  /** Their product. */
  readonly curvature: number;
  /** Factor of the preconditioner at which it has this curvature. */
  readonly scale: number;
}

const MEMORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
const FLATTER = 0.9;

/**
 * L-BFGS with a preconditioner as the initial inverse Hessian and a backtracking line search. Stops at the tolerance,
 * after `maxIterations`, or when rounding errors exceed further progress. Yields after every evaluation of the function.
 * @see Nocedal, Wright: Numerical Optimization, algorithm 7.4; the acceptance near the minimum is that of Hager, Zhang
 * 2005
 */
export function* minimize(problem: Problem, start: Float64Array): Stepwise<Minimum> {
  const steps: Step[] = [];
  let at: Minimum = { point: start, ...(yield* evaluated(problem, start)), iterations: 0 };
  const size = problem.size ?? largest;
  while (at.iterations < problem.maxIterations && size(at.gradient) > problem.tolerance) {
    const direction = downhill(problem, at.gradient, steps);
    const next = yield* search(problem, at, direction);
    if (next === undefined) break;
    remember(problem, steps, { from: at, to: next });
    at = next;
  }
  return at;
}

/** Minus the approximate inverse Hessian times the gradient (two-loop recursion). */
function downhill(problem: Problem, gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const inner = problem.inner ?? dot;
  const rest = gradient.slice();
  const shares = new Float64Array(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    shares[i] = inner(steps[i].move, rest) / steps[i].curvature;
    addScaled(rest, steps[i].change, -shares[i]);
  }
  const scale = steps.at(-1)?.scale ?? 1;
  const direction = problem.precondition(rest).map(value => value * scale);
  steps.forEach((step, i) => {
    addScaled(direction, step.move, shares[i] - inner(step.change, direction) / step.curvature);
  });
  return direction.map(value => -value);
}

/**
 * The first of the steps 1, 1/2, 1/4, ... with sufficient decrease; undefined if the expected decrease falls below
 * rounding first.
 */
function* search(problem: Problem, from: Minimum, direction: Float64Array): Stepwise<Minimum | undefined> {
  const inner = problem.inner ?? dot;
  const slope = inner(from.gradient, direction);
  const rounding = problem.noise * Math.abs(from.value);
  for (let length = 1; slope < 0; length /= 2) {
    const point = from.point.slice();
    addScaled(point, direction, length);
    const next = yield* evaluated(problem, point);
    const decreased = next.value <= from.value + SUFFICIENT_DECREASE * length * slope;
    // If the values differ by less than their rounding error, the slope decides whether the step is accepted.
    const level = Math.abs(next.value - from.value) <= rounding;
    const flatter = Math.abs(inner(next.gradient, direction)) <= FLATTER * -slope;
    if (decreased || (level && flatter)) return { point, ...next, iterations: from.iterations + 1 };
    if (length * -slope <= rounding) return undefined;
  }
  return undefined;
}

function* evaluated(problem: Problem, point: Float64Array): Stepwise<Evaluation> {
  const found = yield* resultOf(problem.evaluate(point));
  yield;
  return found;
}

function remember(problem: Problem, steps: Step[], { from, to }: { from: Minimum; to: Minimum }): void {
  const inner = problem.inner ?? dot;
  const move = to.point.map((value, i) => value - from.point[i]);
  const change = to.gradient.map((value, i) => value - from.gradient[i]);
  const curvature = inner(move, change);
  // A convex function has positive curvature; any other value is due to rounding.
  if (curvature <= Number.EPSILON * Math.sqrt(inner(move, move) * inner(change, change))) return;
  const scale = curvature / inner(change, problem.precondition(change));
  steps.push({ move, change, curvature, scale });
  if (steps.length > MEMORY) steps.shift();
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * values[i];
}
