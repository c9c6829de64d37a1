import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CarlError } from '../errors/carl-error.js';

/** The error for a path that is not that of a run directory. */
export function notARun(path: string): CarlError {
  const problem = existsSync(path)
    ? `${path} is not a run directory: it has no lock.json. \`carl train\` makes run directories.`
    : `${path}: there is no such folder (${resolve(path)}). Name a run directory, which \`carl train\` makes.`;
  return new CarlError('INPUT_RUN', problem);
}
