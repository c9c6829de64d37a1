/** Prints the differences between the environment of a run's training and the present one. */
export function warnOfDifferences(differences: readonly string[]): void {
  for (const line of differences) process.stderr.write(`warning: not as in training, so results may differ: ${line}\n`);
}
