import { meanInterval, type MeanInterval } from './mean-interval.js';
import { studentTail } from './student.js';

/** Mean of the differences a - b with its interval, and the two-sided p of the paired t test. */
export interface PairedDifference extends MeanInterval {
  readonly p: number;
}

/** Differences of values of equal length; a pair shares a seed, thus initial weights and order of the images. */
export function pairedDifference(a: readonly number[], b: readonly number[], level: number): PairedDifference {
  const interval = meanInterval(
    a.map((value, i) => value - b[i]),
    level,
  );
  return { ...interval, p: pOf(interval) };
}

function pOf({ n, mean, deviation }: MeanInterval): number {
  if (n < 2 || (mean === 0 && deviation === 0)) return 1;
  return studentTail(mean / (deviation / Math.sqrt(n)), n - 1);
}
