import { CarlError } from '../errors/carl-error.js';
import { unreadable } from './data-file.js';
import { openRegular, type RegularFile } from './regular-file.js';

/** A byte range of a file. */
export interface FilePart {
  readonly start: number;
  readonly length: number;
}

/** Reads parts of an open file. */
export interface PartReader {
  /** Bytes of the file when it was opened. */
  readonly size: number;
  /** @throws CarlError INPUT_FILE if it cannot be read, INPUT_DATA if the file ends before the part does */
  read(part: FilePart): Promise<Uint8Array>;
}

/**
 * Opens a file that the user named, of which only parts are read, and closes it when `use` ends.
 * @throws CarlError INPUT_FILE, also for a folder, a named pipe or a device
 */
export async function withFileParts<T>(path: string, use: (file: PartReader) => Promise<T>): Promise<T> {
  const file = await openRegular(path).catch((error: unknown) => {
    throw unreadable(path, error as NodeJS.ErrnoException);
  });
  try {
    return await use({ size: file.size, read: part => readPart(path, file, part) });
  } finally {
    await file.handle.close();
  }
}

/** The bytes of a file that is in memory; parts are not copied. */
export function partsOf(bytes: Uint8Array): PartReader {
  return { size: bytes.length, read: ({ start, length }) => Promise.resolve(bytes.subarray(start, start + length)) };
}

async function readPart(path: string, { handle, size }: RegularFile, { start, length }: FilePart): Promise<Uint8Array> {
  if (start + length > size) throw tooShort(path, { start, length }, size);
  const content = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(content, read, length - read, start + read).catch((error: unknown) => {
      throw unreadable(path, error as NodeJS.ErrnoException);
    });
    if (bytesRead === 0) throw tooShort(path, { start, length }, start + read);
    read += bytesRead;
  }
  return content;
}

function tooShort(path: string, { start, length }: FilePart, size: number): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${path} is incomplete: bytes ${start} to ${start + length} are needed and it ends at ${size}. Copy or download it again.`,
  );
}
