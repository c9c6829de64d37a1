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
  const { line, column } = positionAt(place.source.text, place.start);
  return { file: place.source.name, line, column, ...told(complaint), frame: codeFrame(place) };
}

/** A complaint about a file that has no text to point at. */
export function diagnoseFile(file: string, complaint: Complaint): Diagnostic {
  return { file, line: 1, column: 1, ...told(complaint), frame: '' };
}

function told({
  code,
  message,
  remedy,
  severity = 'error',
  path = [],
}: Complaint): Omit<Diagnostic, 'file' | 'line' | 'column' | 'frame'> {
  const advice = remedy ? { remedy: visible(remedy) } : {};
  return { code, severity, path: visible(pathText(path)), message: visible(message), ...advice };
}

/** Keys and values are quoted in messages; their control and direction characters must not reach a terminal. */
function visible(text: string): string {
  return text.replace(
    /(?!\n)[\p{Cc}\p{Cf}]/gu,
    character => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** All that is wrong with a pipeline, at once. Its message is the text a user reads. */
export class PipelineError extends CarlError {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super('INPUT_PIPELINE', formatDiagnostics(diagnostics));
    this.name = 'PipelineError';
  }
}

/** In the order of the text: files as they come, then lines and columns; arguments in the order they were given. */
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
