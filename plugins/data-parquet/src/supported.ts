import { CarlError } from '@carl-ssl/core';
import { parquetSchema, type CompressionCodec, type FileMetaData, type SchemaTree } from 'hyparquet';
import { compressors } from './compressors.js';

/**
 * Refuses columns that are intact but cannot be read: lists, and pages of a compression that is not supported.
 * @param columns columns by the option that names them
 * @throws CarlError INPUT_DATA
 */
export function checkSupported(
  path: string,
  metadata: FileMetaData,
  columns: Readonly<Record<string, string | undefined>>,
): void {
  const { children } = parquetSchema(metadata);
  for (const [option, column] of Object.entries(columns)) {
    const tree = children.find(({ element }) => element.name === column);
    if (!tree) continue;
    if (hasLists(tree)) throw unsupported(path, `the column "${tree.element.name}" has lists`, LISTS[option]);
    const codec = codecsOf(metadata, tree.element.name).find(one => one !== 'UNCOMPRESSED' && !compressors[one]);
    if (codec)
      throw unsupported(path, `the column "${tree.element.name}" is compressed by ${codec}`, compressionAdvice(codec));
  }
}

const LISTS: Readonly<Record<string, string>> = {
  image: 'A row has one image, as binary values or as a structure with the field bytes: write one row for each image.',
  label: 'A row has one class number: set `label` to a column of integers, or leave it out.',
};

function hasLists({ element, children }: SchemaTree): boolean {
  return element.repetition_type === 'REPEATED' || children.some(hasLists);
}

/** Compressions of a column in all groups of rows. */
function codecsOf(metadata: FileMetaData, column: string): readonly CompressionCodec[] {
  const chunks = metadata.row_groups.flatMap(({ columns }) => columns.map(one => one.meta_data));
  return chunks.flatMap(chunk => (chunk?.path_in_schema[0] === column ? [chunk.codec] : []));
}

function compressionAdvice(codec: CompressionCodec): string {
  const newer = codec === 'ZSTD' ? `Take Node.js 22.15 or later (this is ${process.versions.node}), or write` : 'Write';
  return `${newer} the file again with snappy, gzip or brotli, or without compression: in Python, \`pyarrow.parquet.write_table(table, file, compression="snappy")\`.`;
}

function unsupported(path: string, problem: string, remedy: string): CarlError {
  return new CarlError('INPUT_DATA', `${path}: ${problem}, which is not supported. ${remedy}`);
}
