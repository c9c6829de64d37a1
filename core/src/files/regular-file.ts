import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** Largest file that is read at once. */
const LARGEST = 2 ** 31 - 1;

/** Does not wait for the writer of a named pipe; Windows has neither. */
const WITHOUT_WAITING = constants.O_RDONLY | ((constants as Partial<typeof constants>).O_NONBLOCK ?? 0);

/** An open regular file and its size. */
export interface RegularFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/**
 * Opens a file to read it. What is opened is checked, so that a file replaced after it was listed is found out.
 * @throws an error of Node.js; of code EISDIR for a folder and NOT_REGULAR for a named pipe, a device or a socket
 */
export async function openRegular(path: string): Promise<RegularFile> {
  const handle = await open(path, WITHOUT_WAITING).catch((error: unknown) => {
    // A socket cannot be opened.
    throw (error as NodeJS.ErrnoException).code === 'ENXIO'
      ? fileError('NOT_REGULAR', 'it is not a regular file')
      : error;
  });
  try {
    const state = await handle.stat();
    if (state.isDirectory()) throw fileError('EISDIR', 'it is a folder');
    if (!state.isFile()) throw fileError('NOT_REGULAR', `it is ${kindOf(state)}, not a regular file`);
    return { handle, size: state.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Reads a regular file, up to the size that it has when it is opened.
 * @param most bytes allowed
 * @throws as {@link openRegular}; an error of code ERR_FS_FILE_TOO_LARGE for a larger file
 */
export async function readRegular(path: string, most = LARGEST): Promise<Buffer> {
  const { handle, size } = await openRegular(path);
  try {
    if (size > most) throw fileError('ERR_FS_FILE_TOO_LARGE', `it has ${size} bytes, and at most ${most} are read`);
    const content = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await handle.read(content, length, size - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return content.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** Reads a UTF-8 text, see {@link readRegular}. */
export async function readText(path: string, most?: number): Promise<string> {
  return (await readRegular(path, most)).toString('utf8');
}

/** Reads a regular file piece by piece, up to the size that it has when it is opened. @throws as {@link openRegular} */
export async function* readPieces(path: string): AsyncGenerator<Buffer, void, undefined> {
  const { handle, size } = await openRegular(path);
  if (size === 0) await handle.close();
  else yield* handle.createReadStream({ end: size - 1 }) as AsyncIterable<Buffer>;
}

function kindOf(state: Stats): string {
  if (state.isFIFO()) return 'a named pipe';
  return state.isSocket() ? 'a socket' : 'a device';
}

function fileError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
