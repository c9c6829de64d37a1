import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../text/shell-word.js';
import type { Lock } from './lock.js';
import { lastBackend } from './run-changes.js';
import { isLock } from './stored-lock.js';

/** What a command that continues a run must name. */
interface Continuation {
  readonly workers?: number;
  /** Of a run that was continued on another backend than it began with. */
  readonly backend?: string;
}

/** The command that continues a run: by as many workers as trained it, on the backend that it was trained on last. */
export function resumeCommand(path: string, { workers = 1, backend }: Continuation = {}): string {
  const option = backend === undefined ? '' : ` --backend ${shellWord(backend)}`;
  return byWorkers(`carl train --resume ${shellWord(path)}${option}`, workers);
}

/** A command as several workers run it together. */
export function byWorkers(command: string, workers = 1): string {
  return workers > 1 ? `mpirun -n ${workers} ${command}` : command;
}

/** The same for a run directory, also if its lock is damaged. */
export function resumeCommandOf(path: string): string {
  const lock = lockOf(path);
  if (lock === undefined) return resumeCommand(path);
  const backend = lastBackend(lock);
  return resumeCommand(path, { workers: lock.workers, ...(backend !== lock.backend.name && { backend }) });
}

function lockOf(path: string): Lock | undefined {
  try {
    const lock: unknown = JSON.parse(readFileSync(join(path, 'lock.json'), 'utf8'));
    return isLock(lock) ? lock : undefined;
  } catch {
    return undefined;
  }
}
