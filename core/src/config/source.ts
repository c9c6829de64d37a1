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

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = linesOf(text.slice(0, offset));
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
