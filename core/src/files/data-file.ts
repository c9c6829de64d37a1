import { constants, existsSync, readdirSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { CarlError } from '../errors/carl-error.js';
import { closest } from '../text/closest.js';
import { readRegular } from './regular-file.js';

/** Bytes at the beginning of a file that determine its length. */
const HEAD = 64;

/** Computes the number of bytes that a file must have from its first ones (at most 64, fewer if it is shorter). */
export type LengthByHead = (head: Uint8Array) => number;

/**
 * Reads a file of a format that declares its length, and decompresses it if it is a gzip file, whatever its name. Never
 * takes more memory than the file holds, nor more than its header claims.
 * @throws CarlError INPUT_FILE if it cannot be read, INPUT_DATA if it is damaged or has another length
 */
export async function readDataFile(path: string, lengthByHead: LengthByHead): Promise<Uint8Array> {
  const stored = await readUserFile(path);
  if (stored[0] === 0x1f && stored[1] === 0x8b) return decompress(path, stored, lengthByHead);
  const length = lengthByHead(stored.subarray(0, HEAD));
  if (length !== stored.length) throw wrongLength(path, length, `has ${stored.length}`);
  return stored;
}

/** Reads a file that the user named. @throws CarlError INPUT_FILE, also for a folder, a named pipe or a device */
export async function readUserFile(path: string): Promise<Uint8Array> {
  try {
    return await readRegular(path);
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

/** Checks that a file that the user named is there, without reading it. @throws CarlError INPUT_FILE */
export async function assertReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw unreadable(path, error as NodeJS.ErrnoException);
  });
}

/** Error for a file or folder that the user named and that cannot be read. */
export function unreadable(path: string, cause: NodeJS.ErrnoException): CarlError {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: missing(path),
    ENOTDIR: 'It is not a folder, or a part of the path is a file; check the path.',
    EISDIR: 'It is a folder; name the file in it.',
    NOT_REGULAR: `${sentence(cause.message)} Name a regular file.`,
    EACCES: 'It may not be read; change its permissions.',
    EPERM: 'It may not be read; change its permissions.',
    EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
    ENFILE: 'Too many files are open on this machine: end other programs.',
    ERR_FS_FILE_TOO_LARGE: 'It is too large to be read at once; split it or use another format.',
  };
  const reason = reasons[cause.code ?? ''] ?? sentence(cause.message);
  return new CarlError('INPUT_FILE', `Cannot read ${path}. ${reason}`, { cause });
}

/** How a path that does not exist may have come about. */
function missing(path: string): string {
  const folder = dirname(path);
  if (!existsSync(folder)) return `The folder ${folder} does not exist; check the path. ${STARTS}`;
  const near = similarName(basename(path), readableNames(folder));
  return `There is nothing of that name; check the path. ${near === undefined ? '' : `Did you mean ${join(folder, near)}? `}${STARTS}`;
}

/** A name that is similar also without its suffix: most files of a folder have the same one. */
function similarName(name: string, names: readonly string[]): string | undefined {
  const stem = (one: string) => one.slice(0, one.length - extname(one).length);
  return closest(
    name,
    names.filter(one => closest(stem(name), [stem(one)]) !== undefined),
  );
}

const STARTS =
  'Relative paths on the command line start at the current folder, those in a file at the folder of that file.';

function readableNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

async function decompress(path: string, stored: Uint8Array, lengthByHead: LengthByHead): Promise<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  gunzip.end(stored);
  const chunks: Uint8Array[] = [];
  let [length, expected] = [0, Infinity];
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      if (chunks.length === 0) expected = lengthByHead(chunk.subarray(0, HEAD));
      chunks.push(chunk);
      length += chunk.length;
      if (length > expected) throw wrongLength(path, expected, 'has more');
    }
  } catch (error) {
    if (CarlError.is(error)) throw error;
    throw damaged(path, `the gzip data cannot be decompressed (${(error as Error).message})`, error);
  }
  if (gunzip.bytesWritten !== stored.length)
    throw damaged(path, `something follows the gzip data, from byte ${gunzip.bytesWritten} of ${stored.length}`);
  if (chunks.length === 0) expected = lengthByHead(new Uint8Array(0));
  if (length !== expected) throw wrongLength(path, expected, `has ${length}`);
  return Buffer.concat(chunks);
}

function wrongLength(path: string, expected: number, found: string): CarlError {
  return damaged(path, `by its header it must have ${expected} bytes and it ${found}`);
}

function damaged(path: string, problem: string, cause?: unknown): CarlError {
  return new CarlError('INPUT_DATA', `${path} is damaged or incomplete: ${problem}. Copy or download it again.`, {
    cause,
  });
}
