import { CarlError } from '../errors.js';
import type { Checked } from './check.js';
import { diagnose, PipelineError } from './diagnostic.js';
import { locate } from './locate.js';
import type { Path } from './node.js';

/** Parts of a pipeline that are right by themselves and do not fit each other or the data. */
export class MisfitError extends CarlError {
  constructor(
    /** The key to change. */
    readonly path: Path,
    readonly text: string,
    readonly remedy: string,
  ) {
    super('INPUT_PIPELINE', `${text} ${remedy}`);
    this.name = 'MisfitError';
  }
}

/** An error as it was; a misfit with the place where its key is written. */
export function located(error: unknown, { document }: Pick<Checked, 'document'>): unknown {
  if (!(error instanceof MisfitError)) return error;
  const { path, text: message, remedy } = error;
  return new PipelineError([diagnose(locate(document, path), { code: 'PARTS_MISFIT', message, remedy, path })]);
}
