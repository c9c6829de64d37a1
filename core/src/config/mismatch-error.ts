import { CarlError } from '../errors/carl-error.js';
import { DataError, SeveralErrors } from './data-error.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { largestGivenSize } from './largest-size.js';
import { locate } from './locate.js';
import { entryAt, pathText, type MappingNode, type Path } from './node.js';
import type { Checked } from './loaded-pipeline.js';
import { inOrder, PipelineError } from './pipeline-error.js';

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

/**
 * Adds the positions of their keys to a {@link MismatchError}, a {@link DataError}, and several of them; returns other errors
 * unchanged.
 */
export function located(error: unknown, { document }: Pick<Checked, 'document'>): unknown {
  const errors = error instanceof SeveralErrors ? error.errors : [error];
  const diagnostics = errors.flatMap(one => {
    if (one instanceof DataError) return [ofData(one, document)];
    return one instanceof MismatchError ? [ofMismatch(one, document)] : [];
  });
  if (diagnostics.length < errors.length) return error;
  return new PipelineError(inOrder(diagnostics), CarlError.is(error) ? { code: error.code, cause: error } : {});
}

function ofMismatch({ text: message, remedy, sizes, path: key }: MismatchError, document: MappingNode): Diagnostic {
  const path = largestGivenSize(document, sizes) ?? key;
  return diagnose(locate(document, path), { code: 'PARTS_MISFIT', message, remedy, path });
}

/** An option of its own, such as `--weights`, is named in place of the key that it sets. */
function ofData({ code, message, cause, path }: DataError, document: MappingNode): Diagnostic {
  const place = locate(document, path);
  const { kind, name } = place.source;
  const isOption = kind === 'argument' && !['--set', '--grid'].includes(name);
  const isMoved = code === 'INPUT_FILE' && kind === 'file' && (path[0] === 'data' || path[0] === 'transfer');
  const remedy = isMoved && entryAt(document, path)?.value.kind === 'scalar' ? otherPlace(path) : undefined;
  return diagnose(place, { code, message: isOption ? cause.message : message, path, ...(remedy && { remedy }) });
}

/** Also for a run, whose stored pipeline must stay as it is. */
function otherPlace(path: Path): string {
  return `If the data are at another place, give it: \`--set ${pathText(path)}=PATH\`.`;
}
