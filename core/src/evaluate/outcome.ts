import type { EvaluatorResult } from '../contracts/evaluator.js';
import type { DamagedFile } from '../contracts/image-set.js';
import { damagedFileOf } from '../data/damaged-file.js';
import { failureText } from '../plugin/plugin-error.js';
import type { Outcome } from './results-record.js';

/** Result or failure of an evaluator. `onDamagedFile` gets the file of the data that made it fail, if one did. */
export async function outcomeOf(
  work: () => Promise<unknown>,
  onDamagedFile: ((file: DamagedFile) => Promise<void>) | undefined,
): Promise<Outcome> {
  try {
    const results = await work();
    if (isResults(results)) return { status: 'done', results };
    return { status: 'failed', reason: 'it returned no list of { metric, split, value }; its author must fix it' };
  } catch (error) {
    const file = damagedFileOf(error);
    if (file) await onDamagedFile?.(file);
    return { status: 'failed', reason: failureText(error) };
  }
}

/** True for a list of results. */
export function isResults(value: unknown): value is readonly EvaluatorResult[] {
  const isResult = (one: Partial<EvaluatorResult> | null) =>
    typeof one?.metric === 'string' && typeof one.split === 'string' && typeof one.value === 'number';
  return Array.isArray(value) && value.every(isResult);
}
