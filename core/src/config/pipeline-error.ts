import { CarlError, type ErrorCode } from '../errors/carl-error.js';
import type { Diagnostic } from './diagnostic.js';
import { formatDiagnostics } from './format.js';

/** All errors of a pipeline. The message is the formatted text. */
export class PipelineError extends CarlError {
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    { code = 'INPUT_PIPELINE', ...options }: ErrorOptions & { readonly code?: ErrorCode } = {},
  ) {
    super(code, formatDiagnostics(diagnostics), options);
    this.name = 'PipelineError';
  }
}

/** Sorts diagnostics by file (in order of first appearance), line and column. Arguments keep their order. */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map(one => one.file))];
  const rank = ({ file, line, column }: Diagnostic) => [
    files.indexOf(file),
    ...(file.startsWith('--') ? [] : [line, column]),
  ];
  return [...diagnostics].sort((a, b) => compare(rank(a), rank(b)));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, index) => value !== b[index]);
  return differing < 0 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}

/** @throws PipelineError if any of them is an error. */
export function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(one => one.severity === 'error');
  if (errors.length > 0) throw new PipelineError(inOrder(errors));
}
