import { CarlError, unreadable } from '@carl-ssl/core';
import { opendir } from 'node:fs/promises';
import { problem, readTable, type Table, type TableFormat } from './csv-table.js';
import type { ImageFiles } from './image-files.js';

/** A table of images: where it is, and which columns it has. */
export interface CsvRules extends TableFormat {
  readonly root: string;
  readonly file: string;
  readonly path: string;
  readonly label?: string;
  /** Number of classes, for class numbers. */
  readonly classes?: number;
}

/**
 * Images that a table lists, in its order.
 * @param names class names of the training images, if they have some
 * @throws CarlError INPUT_FILE, INPUT_DATA for missing columns, paths out of the root or listed twice, and wrong labels
 */
export async function csvFiles(rules: CsvRules, names?: readonly string[]): Promise<ImageFiles> {
  const table = await readTable(rules.file, rules);
  await checkFolder(rules.root);
  if (table.rows.length === 0) throw new CarlError('INPUT_DATA', `${rules.file} lists no images.`);
  const paths = pathsIn(table, rules);
  const listed = { root: rules.root, paths, table: { file: rules.file, lines: linesOf(table) } };
  if (rules.label === undefined) return listed;
  const column = columnOf(table, rules.file, { option: 'label', name: rules.label });
  const values = table.rows.map(({ cells }) => cells[column].trim());
  const empty = values.indexOf('');
  if (empty >= 0) throw problem(rules.file, table.rows[empty].line, `has no label in column "${rules.label}".`);
  const numbered = names === undefined && values.every(value => /^\d{1,9}$/.test(value));
  const labelled = numbered ? { labels: numbers(values, table, rules) } : named(values, table, { rules, names });
  return { ...listed, ...labelled };
}

function linesOf({ rows }: Table): Int32Array {
  return Int32Array.from(rows, ({ line }) => line);
}

/** Finds a wrong root when the table is read rather than at its first image. @throws CarlError INPUT_FILE */
async function checkFolder(root: string): Promise<void> {
  try {
    await (await opendir(root)).close();
  } catch (error) {
    throw unreadable(root, error as NodeJS.ErrnoException);
  }
}

function pathsIn(table: Table, { file, path }: CsvRules): string[] {
  const column = columnOf(table, file, { option: 'path', name: path });
  const seen = new Set<string>();
  return table.rows.map(({ cells, line }) => {
    const name = cells[column]
      .trim()
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, '');
    if (name === '') throw problem(file, line, `has no path in column "${path}".`);
    if (name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..'))
      throw problem(file, line, `has the path "${name}", which leads out of \`root\`. Use paths relative to it.`);
    if (seen.has(name)) throw problem(file, line, `lists "${name}" a second time. Remove one of the lines.`);
    seen.add(name);
    return name;
  });
}

function columnOf({ columns }: Table, file: string, { option, name }: { option: string; name: string }): number {
  const column = columns.indexOf(name);
  if (column >= 0) return column;
  throw new CarlError(
    'INPUT_DATA',
    `${file} has no column "${name}". Its columns: ${columns.join(', ').slice(0, 400)}. Set \`${option}\` to one of them, and \`header: false\` if the first row names no columns; they are then named 1, 2 and so on.`,
  );
}

function numbers(values: readonly string[], table: Table, { file, classes }: CsvRules): Int32Array {
  const labels = Int32Array.from(values, Number);
  const wrong = classes === undefined ? -1 : labels.findIndex(label => label >= classes);
  if (wrong < 0) return labels;
  throw problem(
    file,
    table.rows[wrong].line,
    `has label ${labels[wrong]}; with ${classes} classes, labels are 0 to ${classes! - 1}.`,
  );
}

function named(
  values: readonly string[],
  table: Table,
  { rules, names }: { readonly rules: CsvRules; readonly names?: readonly string[] | undefined },
): Pick<ImageFiles, 'labels' | 'classes'> {
  const classes = names ?? [...new Set(values)].sort();
  const numberOf = new Map(classes.map((name, i) => [name, i]));
  const wrong = values.findIndex(value => !numberOf.has(value));
  if (wrong >= 0)
    throw problem(
      rules.file,
      table.rows[wrong].line,
      `has the class "${values[wrong]}", which is not one of the training images: ${classes.join(', ').slice(0, 400)}.`,
    );
  return { labels: Int32Array.from(values, value => numberOf.get(value)!), classes };
}
