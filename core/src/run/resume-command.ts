import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../text/shell-word.js';
import type { Lock } from './lock.js';

/** The command that continues a run: by as many workers as trained it. */
export function resumeCommand(path: string, workers = 1): string {
  const launcher = workers > 1 ? `mpirun -n ${workers} ` : '';
  return `${launcher}carl train --resume ${shellWord(path)}`;
}

/** The same for a run directory, also if its lock is damaged. */
export function resumeCommandOf(path: string): string {
  return resumeCommand(path, workersOf(path));
}

function workersOf(path: string): number {
  try {
    const { workers = 1 } = JSON.parse(readFileSync(join(path, 'lock.json'), 'utf8')) as Pick<Lock, 'workers'>;
    return Number.isSafeInteger(workers) ? workers : 1;
  } catch {
    return 1;
  }
}
