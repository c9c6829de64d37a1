import { randomBytes } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { orDiskError } from '../files/atomic.js';

/** Rows of D numbers, written once and read as often as needed. */
export interface RowStorage {
  /** Stores rows [n, D] from the given index on. @throws CarlError DISK */
  write(from: number, rows: Float32Array): Promise<void>;
  /** Rows [to - from, D]; borrowed. */
  read(from: number, to: number): Promise<Float32Array>;
  /** False if rows that were borrowed have been changed since the first of them was read. */
  isUnchanged(): boolean;
  close(): Promise<void>;
}

interface Size {
  readonly length: number;
  readonly dim: number;
}

/** Largest number of bytes of features that are kept in memory. */
const MEMORY_BYTES = 2 ** 30;
/** Number of bytes read by one system call. */
const PIECE = 2 ** 26;

/** Storage in memory, or for more than 1 GiB in a temporary file in the folder. @throws CarlError DISK */
export async function rowStorage(size: Size, folder: string, memoryBytes = MEMORY_BYTES): Promise<RowStorage> {
  const bytes = size.length * size.dim * Float32Array.BYTES_PER_ELEMENT;
  return bytes <= memoryBytes ? memoryStorage(size) : fileStorage(size, folder);
}

function memoryStorage({ length, dim }: Size): RowStorage {
  const values = new Float32Array(length * dim);
  let written: number | undefined;
  return {
    write: (from, rows) => {
      values.set(rows, from * dim);
      return Promise.resolve();
    },
    read: (from, to) => {
      written ??= checksum(values);
      return Promise.resolve(values.subarray(from * dim, to * dim));
    },
    isUnchanged: () => written === undefined || written === checksum(values),
    close: () => Promise.resolve(),
  };
}

/** Depends on the bits of all values and their order; a few tenths of a second for 1 GiB. */
function checksum({ buffer, byteOffset, length }: Float32Array): number {
  const bits = new Int32Array(buffer, byteOffset, length);
  let sum = 0;
  for (let i = 0; i < length; i++) sum = (Math.imul(sum, 31) + bits[i]) | 0;
  return sum;
}

async function fileStorage({ dim }: Size, folder: string): Promise<RowStorage> {
  const path = join(folder, `.features.${randomBytes(6).toString('hex')}.tmp`);
  const file = await orDiskError(path, () => open(path, 'wx+'));
  // The system frees an unlinked open file when the process ends, even if it is killed. On Windows, it is removed at the end.
  const isNameless = await rm(path).then(
    () => true,
    () => false,
  );
  const stride = dim * Float32Array.BYTES_PER_ELEMENT;
  return {
    write: async (from, rows) => {
      const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
      await orDiskError(path, () => file.write(bytes, 0, bytes.length, from * stride));
    },
    read: async (from, to) => readRows(file, new Float32Array((to - from) * dim), from * stride),
    // Every reader gets rows of its own.
    isUnchanged: () => true,
    close: async () => {
      await file.close();
      if (!isNameless) await rm(path, { force: true });
    },
  };
}

async function readRows(file: FileHandle, rows: Float32Array, position: number): Promise<Float32Array> {
  const bytes = new Uint8Array(rows.buffer);
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, Math.min(PIECE, bytes.length - at), position + at);
    if (bytesRead === 0) throw new Error('the file of features ends too early');
    at += bytesRead;
  }
  return rows;
}
