import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CarlError } from '../errors/carl-error.js';

/** The error for a path that is not that of a run directory. */
export function notARun(path: string): CarlError {
  const run = runAround(path);
  if (run !== undefined)
    return new CarlError('INPUT_RUN', `${path} lies in a run directory. Name the run directory itself: ${run}`);
  const problem = existsSync(path)
    ? `${path} is not a run directory: it has no lock.json. \`carl train\` makes run directories.`
    : `${path}: there is no such folder (${resolve(path)}). Name a run directory, which \`carl train\` makes.`;
  return new CarlError('INPUT_RUN', problem);
}

/** The run directory that a checkpoint or a file lies in. */
function runAround(path: string): string | undefined {
  const checkpoints = dirname(path.replace(/\/+$/, ''));
  return [checkpoints, dirname(checkpoints)].find(folder => existsSync(join(folder, 'lock.json')));
}
