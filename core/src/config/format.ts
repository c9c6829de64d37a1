import { printable } from '../text/printable.js';
import type { Diagnostic } from './diagnostic.js';

/** Diagnostics that are printed. */
const PRINTED = 100;

export interface FormatOptions {
  readonly color?: boolean;
  readonly format?: 'text' | 'json';
}

type Paint = (text: string) => string;
const sgr =
  (code: number): Paint =>
  text =>
    `\u001b[${code}m${text}\u001b[0m`;
const plainly: Paint = text => text;

/** Formats diagnostics for the terminal, one block each, or as a JSON array. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatOptions = {}): string {
  if (options.format === 'json') return JSON.stringify(diagnostics, undefined, 2);
  const blocks = diagnostics.slice(0, PRINTED).map(one => block(one, options.color === true));
  const more = diagnostics.length - blocks.length;
  const rest =
    more > 0 ? [`These are the first ${PRINTED} of at least ${diagnostics.length}; correct them first.`] : [];
  return [...blocks, ...rest].join('\n\n');
}

function block(diagnostic: Diagnostic, color: boolean): string {
  const { severity, code, message, remedy, frame } = diagnostic;
  const tint = color ? sgr(severity === 'error' ? 31 : 33) : plainly;
  const bold = color ? sgr(1) : plainly;
  const label = severity === 'warning' ? `warning ${code}` : code;
  const lines = [`${bold(printable(where(diagnostic)))} ${tint(label)} ${printable(message)}`];
  if (frame)
    lines.push(
      ...printable(frame)
        .split('\n')
        .map(row => (/^(>|\s*\|\s*\^+$)/.test(row) ? tint(row) : row)),
    );
  if (remedy)
    lines.push(
      ...printable(remedy)
        .split('\n')
        .map(line => `  ${line}`),
    );
  return lines.join('\n');
}

/** Position as `file:line:column`; for a command-line argument, and for a file that is not there, only its name. */
function where({ file, line, column, code, frame }: Diagnostic): string {
  const isWhole = file.startsWith('--') || (code === 'FILE_UNREADABLE' && frame === '');
  return isWhole ? file : `${file}:${line}:${column}`;
}
