import { createHash } from 'node:crypto';
import { concurrently } from './concurrently.js';
import { unreadable } from './data-file.js';
import { readPieces } from './regular-file.js';

/** SHA-256 of the content of each file, hex, in the order of the paths. @throws CarlError INPUT_FILE */
export function digestFiles(paths: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
  return concurrently(paths, path => digestFile(path, signal));
}

async function digestFile(path: string, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const hash = createHash('sha256');
  try {
    for await (const piece of readPieces(path)) hash.update(piece);
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
  return hash.digest('hex');
}
