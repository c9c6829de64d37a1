import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns the total size in bytes of all files in a folder and its subfolders; 0 if the folder does not exist. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(entries.map(async entry => (await lstat(join(folder, entry))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Formats bytes, for example `0.85 GB`. */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
