import { failures, isComplete, type Results } from '../evaluate/results.js';
import { ExitStatus } from './exit-status.js';

/**
 * Prints the failures of an evaluation, and how to finish one that was interrupted.
 * @param command finishes it
 * @throws ExitStatus 1 after a failure, 130 after an interruption
 */
export function reportEvaluation(results: Results, command: string): void {
  for (const failure of failures(results)) process.stderr.write(`${failure}\n`);
  if (!isComplete(results)) {
    process.stderr.write(`evaluation interrupted; finish it with: ${command}\n`);
    throw new ExitStatus(130);
  }
  if (failures(results).length > 0) throw new ExitStatus(1);
}
