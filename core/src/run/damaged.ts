import { CarlError } from '../errors/carl-error.js';
import { JsonLineError } from '../files/json-lines.js';

/** The error for a file of a run directory that cannot be read. */
export function damaged(file: string, cause: unknown): CarlError {
  if ((cause as { readonly code?: unknown }).code === 'ENOENT')
    return new CarlError(
      'INPUT_RUN',
      `${file} cannot be read: it does not exist. The run directory is damaged: restore the file from a copy, or train a new run.`,
      { cause },
    );
  const place = cause instanceof JsonLineError ? `${file}, line ${cause.line},` : file;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${place} cannot be read: ${reason}. The run directory is damaged.`;
  return new CarlError('INPUT_RUN', message, { cause });
}
