import { studentQuantile } from './student.js';

/** Mean over seeds with Student's confidence interval. */
export interface MeanInterval {
  readonly n: number;
  readonly mean: number;
  /** Standard deviation (n - 1); 0 for one value. */
  readonly deviation: number;
  /** Ends of the interval; infinite for one value. */
  readonly lower: number;
  readonly upper: number;
}

/** Interval that contains the expectation of `values` with probability `level`, if they are normal and independent. */
export function meanInterval(values: readonly number[], level: number): MeanInterval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (n < 2) return { n, mean, deviation: 0, lower: -Infinity, upper: Infinity };
  const deviation = Math.sqrt(squares / (n - 1));
  const half = (studentQuantile(level, n - 1) * deviation) / Math.sqrt(n);
  return { n, mean, deviation, lower: mean - half, upper: mean + half };
}
