/** A configuration text: a file or a command-line argument. */
export interface Source {
  /** Name in messages: a path as the user would write it, or `--set`. */
  readonly name: string;
  /** Absolute path of a file. */
  readonly path?: string;
  /** Folder that relative paths written in it start from. */
  readonly folder: string;
  readonly text: string;
  readonly kind: 'file' | 'argument';
}

/** A range of a source: [start, end) in UTF-16 code units. */
export interface Place {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Line and column of a place, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Lines of a text, without their ends; `\r\n`, `\n` and a lone `\r` end a line as they do in YAML. */
export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}

/** Lines of a text and the offsets at which they start. */
interface Lines {
  readonly text: string;
  readonly lines: readonly string[];
  readonly starts: readonly number[];
}

/** Lines of the last text that was asked about: a file with many errors is divided once. */
let recent: Lines = { text: '', lines: [''], starts: [0] };

function dividedOnce(text: string): Lines {
  if (recent.text === text) return recent;
  const ends = [...text.matchAll(/\r\n|\n|\r/g)];
  recent = { text, lines: linesOf(text), starts: [0, ...ends.map(({ index, 0: end }) => index + end.length)] };
  return recent;
}

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  const { starts } = dividedOnce(text);
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low] + 1 };
}

/** A line of a text by its number from 1, without its end; undefined beyond the last. */
export function lineAt(text: string, number: number): string | undefined {
  return dividedOnce(text).lines[number - 1];
}

/** Number of lines of a text. */
export function lineCount(text: string): number {
  return dividedOnce(text).lines.length;
}
