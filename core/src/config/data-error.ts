import { isAbsolute } from 'node:path';
import { CarlError, type ErrorCode } from '../errors/carl-error.js';
import type { Pipeline } from '../schema/skeleton.js';
import { pathText, type Path } from './node.js';
import { valueAt } from './origin.js';

/** An error about files that a key of the pipeline names. */
export class DataError extends CarlError {
  constructor(
    /** The key to change. */
    readonly path: Path,
    override readonly cause: CarlError,
  ) {
    super(cause.code, `\`${pathText(path)}\`: ${cause.message}`, { cause });
    this.name = 'DataError';
  }
}

const OF_FILES: readonly ErrorCode[] = ['INPUT_FILE', 'INPUT_DATA', 'INPUT_WEIGHTS'];

/** Several errors that were found together. */
export class SeveralErrors extends CarlError {
  constructor(readonly errors: readonly CarlError[]) {
    super('INPUT_PIPELINE', errors.map(({ message }) => message).join('\n'));
    this.name = 'SeveralErrors';
  }
}

/**
 * The error of files that are named below a key: at the option whose value its message contains, or at the key itself. Errors
 * that are no mistakes of the user, or have their key, are returned unchanged.
 */
export function atKey(error: unknown, key: Path, pipeline: Pipeline): unknown {
  if (!CarlError.is(error) || !OF_FILES.includes(error.code)) return error;
  const named = pathsIn(valueAt(pipeline, key), key).filter(({ text }) => error.message.includes(text));
  const longest = Math.max(...named.map(({ text }) => text.length));
  return new DataError(named.find(({ text }) => text.length === longest)?.path ?? key, error);
}

/** Paths in a value with their keys. */
function pathsIn(value: unknown, path: Path): readonly { readonly text: string; readonly path: Path }[] {
  if (typeof value === 'string') return isAbsolute(value) ? [{ text: value, path }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]));
}
