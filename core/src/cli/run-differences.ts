import { isRounding, linesOf, type LockDifference } from '../run/lock-differences.js';

/** Prints the differences between the environment of a run's training and the present one. */
export function warnOfDifferences(differences: readonly string[]): void {
  for (const line of differences) process.stderr.write(`warning: not as in training, so results may differ: ${line}\n`);
}

/** The same for an evaluation, whose figures another number of threads changes by rounding only. */
export function warnOfEvaluationDifferences(differences: readonly LockDifference[]): void {
  warnOfDifferences(linesOf(differences.filter(one => !isRounding(one))));
  for (const line of linesOf(differences.filter(isRounding)))
    process.stderr.write(`not as in training, but figures agree up to rounding: ${line}\n`);
}
