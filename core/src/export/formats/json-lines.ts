import { blocksOfTable, type TableWriter } from './table.js';

/** One JSON object for each image on a line of its own. Numbers have the digits that determine the 32-bit value. */
export const writeJsonLines: TableWriter = async (table, file) => {
  const { dim, sets, classes, column } = table;
  for await (const { from, count, vectors, prototypes, probabilities } of blocksOfTable(table)) {
    const lines = Array.from({ length: count }, (_, row) => {
      const label = table.label?.(from + row);
      const own = <T>(values: ArrayLike<T> & { slice(from: number, to: number): Iterable<T> & ArrayLike<T> }) =>
        Array.from(values.slice(row * sets, (row + 1) * sets));
      return JSON.stringify({
        name: table.name(from + row),
        ...(label !== undefined && { label, ...(classes && { class: classes[label] }) }),
        ...(sets > 0 && {
          prototype: single(own<number>(prototypes)),
          probability: single(own<number>(probabilities).map(short)),
        }),
        [column]: Array.from(vectors.subarray(row * dim, (row + 1) * dim), short),
      });
    });
    await file.append(new TextEncoder().encode(lines.map(line => `${line}\n`).join('')));
  }
};

/** The only value of a list, or the list. */
const single = <T>(values: readonly T[]): T | readonly T[] => (values.length === 1 ? values[0] : values);

/** The number with at most nine significant digits, which determine a 32-bit float. */
const short = (value: number): number => Number(value.toPrecision(9));
