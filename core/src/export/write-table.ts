import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { extname } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { orDiskError } from '../files/atomic.js';
import type { GrowingFile } from '../files/zip-writer.js';
import { writeJsonLines } from './formats/json-lines.js';
import { writeNpz } from './formats/npz.js';
import { writeParquet } from './formats/parquet.js';
import type { TableWriter, VectorTable } from './formats/table.js';

const WRITERS: Readonly<Record<string, TableWriter>> = {
  '.parquet': writeParquet,
  '.npz': writeNpz,
  '.jsonl': writeJsonLines,
};

/** The writer of the format that the suffix of a file names. @throws CarlError INPUT_ARGUMENT */
export function tableWriter(path: string): TableWriter {
  const writer = WRITERS[extname(path).toLowerCase()] as TableWriter | undefined;
  if (writer) return writer;
  throw new CarlError(
    'INPUT_ARGUMENT',
    `--out ${path}: the suffix of the file must be one of ${Object.keys(WRITERS).join(', ')}.`,
  );
}

/** Writes a table to a file, which is complete or not there. @throws CarlError DISK */
export async function writeTable(path: string, table: VectorTable): Promise<void> {
  const write = tableWriter(path);
  const temporary = `${path}.partial.out`;
  await orDiskError(path, async () => {
    const handle = await open(temporary, 'w');
    try {
      await write(table, fileOf(handle));
      await handle.sync();
      await handle.close();
      await rename(temporary, path);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

function fileOf(handle: FileHandle): GrowingFile {
  let size = 0;
  const write = async (bytes: Uint8Array, position: number): Promise<void> => {
    for (let at = 0; at < bytes.length;)
      at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  };
  return {
    append: async bytes => {
      await write(bytes, size);
      size += bytes.length;
    },
    patch: write,
    get size() {
      return size;
    },
  };
}
