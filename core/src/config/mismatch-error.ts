import { CarlError } from '../errors/carl-error.js';
import { diagnose } from './diagnostic.js';
import { locate } from './locate.js';
import type { Path } from './node.js';
import type { Checked } from './loaded-pipeline.js';
import { PipelineError } from './pipeline-error.js';

/** Parts of a pipeline are valid by themselves but do not fit each other or the data. */
export class MismatchError extends CarlError {
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

/** Adds the position of the key to a {@link MismatchError}; returns other errors unchanged. */
export function located(error: unknown, { document }: Pick<Checked, 'document'>): unknown {
  if (!(error instanceof MismatchError)) return error;
  const { path, text: message, remedy } = error;
  return new PipelineError([diagnose(locate(document, path), { code: 'PARTS_MISFIT', message, remedy, path })]);
}
