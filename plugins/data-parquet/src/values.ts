import { CarlError } from '@carl-ssl/core';

/** Place of a value. */
export interface Place {
  readonly path: string;
  readonly row: number;
}

/** A column of binary values, or of structures with the field `bytes`. */
export function imageOf(value: unknown, column: string, { path, row }: Place): Uint8Array {
  const bytes: unknown = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null | undefined)?.bytes;
  if (bytes instanceof Uint8Array) return bytes;
  throw new CarlError(
    'INPUT_DATA',
    `${path} has no image bytes in column "${column}", row ${row}. Images must be embedded in the file; with the library datasets, use \`embed_external_files\` when you write it.`,
  );
}

/** A class number. */
export function labelOf(value: unknown, column: string, { path, row }: Place): number {
  const label = typeof value === 'bigint' ? Number(value) : value;
  if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < 2 ** 31) return label;
  throw new CarlError(
    'INPUT_DATA',
    `${path} has ${String(value).slice(0, 40)} in column "${column}", row ${row}, and a label must be an integer from 0. Set \`label\` to a column of class numbers, or leave it out.`,
  );
}
