import type { PartReader } from '@carl-ssl/core';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/** Content of a part of the file. */
interface Chunk {
  readonly start: number;
  readonly bytes: Uint8Array;
}

type Group = FileMetaData['row_groups'][number];

/** The file as hyparquet reads it: from the chunks, or else from disk. */
export function bufferOf(parts: PartReader, chunks: readonly Chunk[]): AsyncBuffer {
  return {
    byteLength: parts.size,
    slice: async (start, end = parts.size) => {
      if (!(start >= 0 && end >= start && end <= parts.size))
        throw new Error(`bytes ${start} to ${end} are outside the file of ${parts.size}`);
      const chunk = chunks.find(one => one.start <= start && end <= one.start + one.bytes.length);
      const bytes = chunk?.bytes.slice(start - chunk.start, end - chunk.start);
      return (bytes ?? (await parts.read({ start, length: end - start }))).buffer as ArrayBuffer;
    },
  };
}

/**
 * Reads the chunks of some columns in a group of rows and checks their pages, so that no page claims more values than rows.
 * @throws Error with the problem
 */
export async function readChunks(parts: PartReader, group: Group, columns: readonly string[]): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for (const { meta_data: metadata } of group.columns) {
    if (!metadata || !columns.includes(metadata.path_in_schema[0])) continue;
    const { data_page_offset: first, dictionary_page_offset: dictionary, total_compressed_size: length } = metadata;
    const start = Number(dictionary && dictionary < first ? dictionary : first);
    if (!(start >= 0 && length >= 0 && start + Number(length) <= parts.size))
      throw new Error(`a column is said to have ${length} bytes at ${start}, and the file has ${parts.size}`);
    const bytes = await parts.read({ start, length: Number(length) });
    checkPages({ start, bytes }, Number(group.num_rows));
    chunks.push({ start, bytes });
  }
  return chunks;
}

function checkPages({ start, bytes }: Chunk, rows: number): void {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  while (reader.offset < bytes.length) {
    const at = start + reader.offset;
    const { compressed_page_size: length, ...header } = parquetHeader(reader);
    const values =
      (header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header)?.num_values ?? 0;
    if (!(length >= 0 && reader.offset + length <= bytes.length))
      throw new Error(`the page at byte ${at} is said to have ${length} bytes, more than its column`);
    if (!(values >= 0 && values <= rows))
      throw new Error(`the page at byte ${at} is said to have ${values} values, and there are ${rows} rows`);
    reader.offset += length;
  }
}
