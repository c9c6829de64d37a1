import type { DiagnosticCode } from '../errors/diagnostic-codes.js';
import { codeFrame } from './frame.js';
import { pathText, type Path } from './node.js';
import { positionAt, type Place } from './source.js';

/** Errors of one kind of check that are looked into. A file with more is not the file that was meant. */
export const MOST_ERRORS = 200;

export type Severity = 'error' | 'warning';

/** An error or warning about a pipeline, with its position. Plain data that can be printed as JSON. */
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
  /** Advice: the change to make, the allowed values, or the probable intention. */
  readonly remedy?: string;
  /** The lines around it with carets; empty if there is no text to show. */
  readonly frame: string;
}

/** A diagnostic without its position. */
export interface DiagnosticContent {
  readonly code: DiagnosticCode | (string & {});
  readonly message: string;
  readonly remedy?: string;
  readonly severity?: Severity;
  readonly path?: Path;
}

/** Makes a diagnostic for a range of text. */
export function diagnose(place: Place, complaint: DiagnosticContent): Diagnostic {
  const { line, column } = positionAt(place.source.text, place.start);
  return { file: place.source.name, line, column, ...told(complaint), frame: codeFrame(place) };
}

/** Makes a diagnostic for a file as a whole, for example one that does not exist. */
export function diagnoseFile(file: string, complaint: DiagnosticContent): Diagnostic {
  return { file, line: 1, column: 1, ...told(complaint), frame: '' };
}

function told({
  code,
  message,
  remedy,
  severity = 'error',
  path = [],
}: DiagnosticContent): Omit<Diagnostic, 'file' | 'line' | 'column' | 'frame'> {
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
