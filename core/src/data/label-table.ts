import { CarlError } from '../errors/carl-error.js';
import { closest, listed } from '../text/closest.js';

/** A line of a table: an image and its classes. */
export interface LabelRow {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly image: string;
  readonly labels: readonly string[];
  /** Classes for which it is undecided whether the image shows them. */
  readonly difficult: readonly string[];
}

const COLUMNS = ['image', 'labels', 'difficult'] as const;
type Column = (typeof COLUMNS)[number];

/** Reads a table with a header and the columns `image`, `labels` and, optionally, `difficult`. @throws CarlError INPUT_DATA */
export function parseLabelTable(path: string, bytes: Uint8Array): readonly LabelRow[] {
  const [head, ...lines] = textOf(path, bytes).split(/\r?\n/);
  const columns = columnsOf(path, head);
  const rows = lines.flatMap((text, i) => (text.trim() === '' ? [] : [rowOf({ path, line: i + 2, text }, columns)]));
  if (rows.length === 0) throw new CarlError('INPUT_DATA', `${path} lists no images.`);
  const seen = new Map<string, number>();
  for (const { image, line } of rows) {
    const before = seen.get(image);
    if (before !== undefined)
      throw fault({ path, line }, `the image ${image} is listed twice, first in line ${before}`);
    seen.set(image, line);
  }
  return rows;
}

function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CarlError('INPUT_DATA', `${path} is not a text in UTF-8. Save the table as CSV in UTF-8.`, {
      cause: error,
    });
  }
}

function columnsOf(path: string, head: string): readonly Column[] {
  const names = cellsOf({ path, line: 1, text: head });
  for (const [i, name] of names.entries()) {
    if (!COLUMNS.some(column => column === name))
      throw fault(
        { path, line: 1 },
        `the column \`${name}\` is unknown; the first line names the columns ${listed(COLUMNS, 'and')}`,
      );
    if (names.indexOf(name) !== i) throw fault({ path, line: 1 }, `the column \`${name}\` is there twice`);
  }
  const missing = (['image', 'labels'] as const).find(name => !names.includes(name));
  if (missing) throw fault({ path, line: 1 }, `the column \`${missing}\` is missing; the first line names the columns`);
  return names as readonly Column[];
}

interface Line {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

function rowOf(at: Line, columns: readonly Column[]): LabelRow {
  const cells = cellsOf(at);
  if (cells.length !== columns.length)
    throw fault(
      at,
      `there are ${cells.length} cells for ${columns.length} columns; separate labels by ; and put names with commas in quotes`,
    );
  const cell = (name: Column): string => cells[columns.indexOf(name)] ?? '';
  const image = cell('image').replace(/^\.\//, '');
  if (image === '') throw fault(at, 'the image has no name');
  const [labels, difficult] = [namesIn(cell('labels')), namesIn(cell('difficult'))];
  const all = [...labels, ...difficult];
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined) throw fault(at, `the label ${twice} is given twice`);
  return { line: at.line, image, labels, difficult };
}

function namesIn(cell: string): readonly string[] {
  return cell
    .split(';')
    .map(name => name.trim())
    .filter(name => name !== '');
}

/** Cells separated by commas; a cell in quotes may contain commas, and quotes written twice. */
function cellsOf(at: Line): readonly string[] {
  const cells: string[] = [];
  // No part can match the text of another one, so that the time grows with the length of the line only.
  const pattern = /\s*"((?:[^"]|"")*)"\s*(,|$)|([^",]*)(,|$)/y;
  for (;;) {
    const found = pattern.exec(at.text);
    if (!found) throw fault(at, 'a quote is not closed, or stands within a cell');
    const [, quoted, quotedEnd, plain, plainEnd] = found;
    cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    if ((quotedEnd ?? plainEnd) === '') return cells;
  }
}

/** Class names of a table in alphabetical order. @throws CarlError INPUT_DATA if it has none */
export function classesIn(path: string, rows: readonly LabelRow[]): readonly string[] {
  const names = [...new Set(rows.flatMap(({ labels, difficult }) => [...labels, ...difficult]))].sort();
  if (names.length === 0) throw new CarlError('INPUT_DATA', `${path} gives no image a label.`);
  return names;
}

/** Marks [N, K] of the rows. @throws CarlError INPUT_DATA for a class that is not in the list */
export function marksOf(path: string, rows: readonly LabelRow[], classes: readonly string[]): Int8Array {
  const places = new Map(classes.map((name, i) => [name, i]));
  const marks = new Int8Array(rows.length * classes.length);
  rows.forEach(({ line, labels, difficult }, row) => {
    const mark = (name: string, value: number): void => {
      const place = places.get(name);
      if (place === undefined) throw unknownClass({ path, line }, name, classes);
      marks[row * classes.length + place] = value;
    };
    labels.forEach(name => mark(name, 1));
    difficult.forEach(name => mark(name, -1));
  });
  return marks;
}

function unknownClass(at: Pick<Line, 'path' | 'line'>, name: string, classes: readonly string[]): CarlError {
  const near = closest(name, classes);
  const advice =
    near === undefined ? `The classes are ${listed(classes.slice(0, 30), 'and')}` : `Did you mean ${near}?`;
  return fault(at, `no training image has the class ${name}. ${advice}`);
}

/** An error about a line of a table. */
export function fault({ path, line }: Pick<Line, 'path' | 'line'>, problem: string): CarlError {
  return new CarlError('INPUT_DATA', `${path}, line ${line}: ${problem}${/[.?]$/.test(problem) ? '' : '.'}`);
}
