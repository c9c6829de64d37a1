import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { FAILURE_FILE } from './failure.js';
import { resumeCommandOf } from './resume-command.js';

/** The folder of a new run already exists. */
export class RunExistsError extends CarlError {
  constructor(path: string) {
    super('INPUT_RUN', `${path} already exists. ${remedyOf(path)}`);
  }
}

function remedyOf(path: string): string {
  if (!existsSync(join(path, 'lock.json'))) return 'It is not a run directory: choose another folder with --out.';
  if (existsSync(join(path, FAILURE_FILE))) return 'Its training failed: choose another folder with --out.';
  return `Continue it with \`${resumeCommandOf(path)}\`, or choose another folder with --out.`;
}
