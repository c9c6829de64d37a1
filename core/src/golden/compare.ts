import type { HostArray } from '../contracts/metric.js';
import type { GoldenCase, Tolerance } from './case.js';

/** Outputs of a component by name. */
export type Outputs = Readonly<Record<string, HostArray | number>>;

/** The output with the largest error relative to its tolerance; above 1, it is wrong. */
export interface Comparison {
  readonly worst: number;
  readonly output: string;
  /** Reason why it cannot be compared: it is missing or has another shape. */
  readonly problem?: string;
}

export function compare(golden: GoldenCase, actual: Outputs): Comparison {
  let worst: Comparison = { worst: 0, output: '' };
  for (const [output, expected] of Object.entries(golden.expect ?? {})) {
    if (!Object.hasOwn(actual, output)) return { worst: Infinity, output, problem: `${output} is missing` };
    const one = compareOutput(output, { expected, actual: actual[output], tolerance: toleranceOf(golden, output) });
    if (one.worst >= worst.worst) worst = one;
  }
  return worst;
}

function toleranceOf({ tolerance }: GoldenCase, output: string): Tolerance {
  const prefix = Object.keys(tolerance.byPrefix ?? {}).find(name => output === name || output.startsWith(`${name}.`));
  return prefix === undefined ? tolerance : tolerance.byPrefix![prefix];
}

function compareOutput(
  output: string,
  { expected, actual, tolerance }: { expected: HostArray | number; actual: HostArray | number; tolerance: Tolerance },
): Comparison {
  const [want, got] = [arrayOf(expected), arrayOf(actual)];
  if (want.shape.join() !== got.shape.join())
    return {
      worst: Infinity,
      output,
      problem: `${output} has shape [${got.shape.join()}], expected [${want.shape.join()}]`,
    };
  const allowed = want.data instanceof Int32Array ? 0 : tolerance.absolute + tolerance.relative * largest(want.data);
  const error = largestDifference(want.data, got.data);
  return { worst: error === 0 ? 0 : allowed === 0 ? Infinity : error / allowed, output };
}

function arrayOf(value: HostArray | number): { shape: readonly number[]; data: ArrayLike<number> } {
  return typeof value === 'number' ? { shape: [], data: [value] } : value;
}

/** The largest magnitude. */
export function largest(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i]));
  return most;
}

/** Largest absolute difference; infinite if a difference is NaN. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return Infinity;
    most = Math.max(most, difference);
  }
  return most;
}
