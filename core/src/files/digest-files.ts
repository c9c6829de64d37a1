import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { concurrently } from './concurrently.js';
import { unreadable } from './data-file.js';

/** SHA-256 of the content of each file, hex, in the order of the paths. @throws CarlError INPUT_FILE */
export function digestFiles(paths: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
  return concurrently(paths, path => digestFile(path, signal));
}

async function digestFile(path: string, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
  return hash.digest('hex');
}
