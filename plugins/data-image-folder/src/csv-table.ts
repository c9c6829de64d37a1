import { CarlError, counted, readUserFile } from '@carl-ssl/core';
import { isUtf8 } from 'node:buffer';

/** Separators of columns by name. */
export const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t', space: ' ' } as const;

/** How a table is written. */
export interface TableFormat {
  /** Whether the first row names the columns; otherwise they are named 1, 2, 3 and so on. */
  readonly header: boolean;
  readonly separator: keyof typeof SEPARATORS;
}

/** A row with the line where it starts, from 1. */
interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table of texts. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/** Largest table: some million rows. */
const MOST_BYTES = 2 ** 28;

/** Reads a table of texts, which may be in double quotes. @throws CarlError INPUT_FILE, INPUT_DATA naming file and line */
export async function readTable(path: string, { header, separator }: TableFormat): Promise<Table> {
  const bytes = Buffer.from(await readUserFile(path));
  if (bytes.length > MOST_BYTES)
    throw new CarlError(
      'INPUT_DATA',
      `${path} has ${bytes.length} bytes, and tables of at most ${MOST_BYTES} are read. Is it the right file? Otherwise split it, and join the parts with the reader \`concat\`.`,
    );
  if (!isUtf8(bytes)) throw problem(path, firstWrongLine(bytes), 'is not in UTF-8. Save the table as CSV in UTF-8.');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const rows = rowsOf(text, SEPARATORS[separator], line =>
    problem(path, line, 'has a quoted text that does not end. Close it; within it, a quote is written twice.'),
  ).filter(({ cells }) => cells.length > 1 || cells[0].trim() !== '');
  const [first, ...others] = rows;
  if (first === undefined) throw new CarlError('INPUT_DATA', `${path} has no rows.`);
  const columns = header ? first.cells.map(cell => cell.trim()) : first.cells.map((_, i) => String(i + 1));
  const content = header ? others : rows;
  const uneven = content.find(({ cells }) => cells.length !== columns.length);
  if (uneven)
    throw problem(
      path,
      uneven.line,
      `has ${counted(uneven.cells.length, 'column')}, and the first row has ${columns.length}. Is \`separator\` right?`,
    );
  return { columns, rows: content };
}

/** The first line that is not in UTF-8, from 1. */
function firstWrongLine(bytes: Buffer): number {
  let [line, start] = [1, 0];
  for (let end = bytes.indexOf(10); end >= 0 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf(10, start)) {
    start = end + 1;
    line++;
  }
  return line;
}

/** Error about a line of a file. */
export function problem(path: string, line: number, text: string): CarlError {
  return new CarlError('INPUT_DATA', `${path}, line ${line}, ${text}`);
}

function rowsOf(text: string, separator: string, unclosed: (line: number) => CarlError): TableRow[] {
  const rows: TableRow[] = [];
  let [cells, cell, line, start, quoted]: [string[], string, number, number, boolean] = [[], '', 1, 1, false];
  const endRow = (): void => {
    rows.push({ line: start, cells: [...cells, cell] });
    [cells, cell] = [[], ''];
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '\n') line++;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[at++];
      else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === separator) {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n') {
      endRow();
      start = line;
    } else if (sign !== '\r' || (text[at + 1] ?? '\n') !== '\n') cell += sign;
  }
  if (quoted) throw unclosed(start);
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}
