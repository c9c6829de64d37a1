import { CarlError } from '@carl-ssl/core';
import { join } from 'node:path';
import type { ImageFiles } from './image-files.js';

/** Returns the error of a file that cannot be read with the line of the table that lists it; other errors unchanged. */
export function inTable(error: unknown, { root, paths, table }: ImageFiles): unknown {
  if (!table || !CarlError.is(error) || error.code !== 'INPUT_FILE') return error;
  const { path: missing } = (error.cause ?? {}) as NodeJS.ErrnoException;
  const place = paths.findIndex(path => join(root, path) === missing);
  if (place < 0) return error;
  const line = `${table.file}, line ${table.lines[place]}, lists "${paths[place]}".`;
  return new CarlError('INPUT_FILE', `${line} ${error.message}`, { cause: error });
}
