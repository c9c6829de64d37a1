import { lineAt, lineCount, positionAt, type Place } from './source.js';

/** Number of columns shown of a line; longer lines are cut to the part around the marked range. */
const WIDTH = 110;
/** Characters of a line that are looked at, enough to tell that it is longer. */
const SCANNED = 2 * WIDTH;

/** The line of a place, the line before and the line after, with line numbers, and carets under the marked range. */
export function codeFrame(place: Place): string {
  const { line, column } = positionAt(place.source.text, place.start);
  const { text } = place.source;
  const first = Math.max(1, line - 1);
  const last = Math.min(lineCount(text), line + 1);
  const cut = column > WIDTH - 20 ? column - 40 : 0;
  const head = margin(place, last);
  const rows = [];
  for (let number = first; number <= last; number += 1) {
    const content = shortened(printable((lineAt(text, number) ?? '').slice(cut, cut + SCANNED)));
    if (number === line)
      rows.push(
        `${head('>', number)} ${content}`,
        `${head(' ')} ${' '.repeat(column - 1 - cut)}${carets(place, column)}`,
      );
    else if (content.trim() !== '') rows.push(`${head(' ', number)} ${content}`);
  }
  return rows.map(row => row.trimEnd()).join('\n');
}

/** Formats the margin of a line: mark and line number. A command-line argument has one line and no number. */
function margin(place: Place, last: number): (mark: string, number?: number) => string {
  if (place.source.kind === 'argument') return mark => `${mark} |`;
  const width = String(last).length;
  return (mark, number) => `${mark} ${String(number ?? '').padStart(width)} |`;
}

function carets(place: Place, column: number): string {
  const { line } = positionAt(place.source.text, place.start);
  const rest = (lineAt(place.source.text, line) ?? '').length - column + 1;
  const room = Math.min(rest, WIDTH - Math.min(column, 40));
  return '^'.repeat(Math.max(1, Math.min(place.end - place.start, room)));
}

function shortened(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
}

/** Control and direction characters could steer a terminal; each is shown as one replacement character. */
function printable(line: string): string {
  return line.replaceAll('\t', ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
