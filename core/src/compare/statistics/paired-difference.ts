import { meanInterval, type MeanInterval } from './mean-interval.js';
import { studentTail } from './student.js';

/** Deviations below this fraction of the values are those of rounding. */
const ROUNDING = 1e-12;

/** Mean of the differences a - b with its interval, and the two-sided p of the paired t test; of the sign-flip test if all differences are equal. */
export interface PairedDifference extends MeanInterval {
  readonly p: number;
}

/** Differences of values of equal length; a pair shares a seed, thus initial weights and order of the images. */
export function pairedDifference(a: readonly number[], b: readonly number[], level: number): PairedDifference {
  const differences = a.map((value, i) => value - b[i]);
  const interval = meanInterval(differences, level);
  const largest = [...a, ...b].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (interval.deviation > ROUNDING * largest) return { ...interval, p: pOf(interval) };
  const { n, mean } = interval;
  return { ...interval, deviation: 0, ...(n > 1 && { lower: mean, upper: mean }), p: pOfEqual(interval) };
}

function pOf({ n, mean, deviation }: MeanInterval): number {
  return studentTail(mean / (deviation / Math.sqrt(n)), n - 1);
}

/** Differences without spread leave the t test nothing to compare their mean with; this is the p of the sign-flip test. */
function pOfEqual({ n, mean }: MeanInterval): number {
  return n < 2 || mean === 0 ? 1 : 2 ** (1 - n);
}
