import { CarlError } from '../errors.js';
import type { DiagnosticCode } from './codes.js';
import { codeFrame } from './frame.js';
import { formatDiagnostics } from './format.js';
import { pathText, type Path } from './node.js';
import { positionAt, type Place } from './source.js';

export type Severity = 'error' | 'warning';

/** One thing that is wrong with a pipeline, or worth a warning, and where. Plain data: it can be printed as JSON. */
export interface Diagnostic {
  /** A path as the user would write it, or `--set`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** One of `DIAGNOSTIC_CODES`, or a code of a component's own check. */
  readonly code: string;
  readonly severity: Severity;
  /** Keys from the root: `evaluate.0.k`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to do, what is allowed, what was probably meant. */
  readonly remedy?: string;
  /** The lines around it with carets; empty if there is no text to show. */
  readonly frame: string;
}

/** What is wrong, without where. */
export interface Complaint {
  readonly code: DiagnosticCode | (string & {});
  readonly message: string;
  readonly remedy?: string;
  readonly severity?: Severity;
  readonly path?: Path;
}

/** A complaint about a stretch of text. */
export function diagnose(place: Place, complaint: Complaint): Diagnostic {
  const { code, message, remedy, severity = 'error', path = [] } = complaint;
  const where = { file: place.source.name, ...positionAt(place.source.text, place.start) };
  return { ...where, code, severity, path: pathText(path), message, ...(remedy && { remedy }), frame: codeFrame(place) };
}

/** A complaint about a file that has no text to point at. */
export function diagnoseFile(file: string, complaint: Complaint): Diagnostic {
  const { code, message, remedy, severity = 'error' } = complaint;
  return { file, line: 1, column: 1, code, severity, path: '', message, ...(remedy && { remedy }), frame: '' };
}

/** All that is wrong with a pipeline, at once. Its message is the text a user reads. */
export class PipelineError extends CarlError {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super('INPUT_PIPELINE', formatDiagnostics(diagnostics));
    this.name = 'PipelineError';
  }
}

/** In the order of the text: files as they come, then lines and columns. */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map(one => one.file))];
  return [...diagnostics].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

/** @throws PipelineError if any of them is an error. */
export function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(one => one.severity === 'error');
  if (errors.length > 0) throw new PipelineError(inOrder(errors));
}
