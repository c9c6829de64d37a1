import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { resumeCommandOf } from './resume-command.js';

/** The folder of a new run already exists. */
export class RunExistsError extends CarlError {
  constructor(path: string) {
    const remedy = existsSync(join(path, 'lock.json'))
      ? `Continue it with \`${resumeCommandOf(path)}\`, or choose another folder with --out.`
      : 'It is not a run directory: choose another folder with --out.';
    super('INPUT_RUN', `${path} already exists. ${remedy}`);
  }
}
