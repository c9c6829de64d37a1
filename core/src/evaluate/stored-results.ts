import { isJsonObject } from '../files/json-object.js';
import type { StoredResults } from './results.js';

/** True for the content of a `results.json` of this or an earlier version, as far as it is read. */
export function isStoredResults(stored: unknown): stored is StoredResults {
  if (!isJsonObject(stored)) return false;
  const { format, step, status, trained, untrained, pixels, chance, evaluators, basis } = stored;
  return (
    typeof step === 'number' &&
    (format === 1 || (format === 2 && Array.isArray(status) && status.every(isStatus))) &&
    [trained, untrained, pixels].every(figures => Array.isArray(figures) && figures.every(isFigure)) &&
    isJsonObject(chance) &&
    (evaluators === undefined || (Array.isArray(evaluators) && evaluators.every(isEvaluator))) &&
    (basis === undefined || isBasis(basis))
  );
}

function isEvaluator(stored: unknown): boolean {
  return isJsonObject(stored) && typeof stored.use === 'string';
}

function isBasis(stored: unknown): boolean {
  return (
    isJsonObject(stored) &&
    typeof stored.weights === 'string' &&
    isJsonObject(stored.files) &&
    isJsonObject(stored.lock)
  );
}

function isStatus(stored: unknown): boolean {
  if (!isJsonObject(stored)) return false;
  const { evaluator, subject, status, figures } = stored;
  return (
    [evaluator, status].every(one => typeof one === 'string') &&
    ['trained', 'untrained', 'pixels'].includes(subject as string) &&
    (figures === undefined || (Number.isInteger(figures) && (figures as number) >= 0))
  );
}

/** Numbers that JSON cannot hold are stored as null. */
function isFigure(stored: unknown): boolean {
  if (!isJsonObject(stored)) return false;
  const { metric, split, value } = stored;
  return typeof metric === 'string' && typeof split === 'string' && (value === null || typeof value === 'number');
}
