import type { GrowingFile } from '../../files/zip-writer.js';

/** Vectors of images with what is known of each image, read block by block. */
export interface VectorTable {
  readonly length: number;
  /** Name of the column of vectors: `features`, `embeddings` or `assignments`. */
  readonly column: string;
  /** Width of the vectors. */
  readonly dim: number;
  /** Number of sets of prototypes of which each image is assigned to one; 0 without prototypes. */
  readonly sets: number;
  readonly classes?: readonly string[];
  readonly name: (index: number) => string;
  readonly label?: (index: number) => number;
  rows(from: number, to: number): Promise<TableRows>;
}

/** Some rows of a table. */
export interface TableRows {
  /** [rows, dim]. */
  readonly vectors: Float32Array;
  /** Prototype with the highest probability in each set, [rows, sets]. */
  readonly prototypes: Int32Array;
  /** That probability, [rows, sets]. */
  readonly probabilities: Float32Array;
}

/** Writes a table in one format. */
export type TableWriter = (table: VectorTable, file: GrowingFile) => Promise<void>;

/** Values of vectors that are in memory at once. */
const BLOCK_VALUES = 2 ** 17;

/** Blocks of rows, in order. */
export async function* blocksOfTable(
  table: VectorTable,
  most = Infinity,
): AsyncGenerator<TableRows & { readonly from: number; readonly count: number }, void, undefined> {
  const height = Math.min(most, Math.max(1, Math.floor(BLOCK_VALUES / table.dim)));
  for (let from = 0; from < table.length; from += height) {
    const to = Math.min(table.length, from + height);
    yield { from, count: to - from, ...(await table.rows(from, to)) };
  }
}
