import { CarlError } from '../errors/carl-error.js';
import { diagnose } from './diagnostic.js';
import { largestGivenSize } from './largest-size.js';
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
    /** Keys whose sizes it follows from; the largest of these sizes is shown in place of the key if the command line gives it. */
    readonly sizes: readonly Path[] = [],
  ) {
    super('INPUT_PIPELINE', `${text} ${remedy}`);
    this.name = 'MisfitError';
  }
}

/** Adds the position of the key to a {@link MismatchError}; returns other errors unchanged. */
export function located(error: unknown, { document }: Pick<Checked, 'document'>): unknown {
  if (!(error instanceof MismatchError)) return error;
  const { text: message, remedy, sizes } = error;
  const path = largestGivenSize(document, sizes) ?? error.path;
  return new PipelineError([diagnose(locate(document, path), { code: 'PARTS_MISFIT', message, remedy, path })]);
}
