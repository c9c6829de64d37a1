import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DamagedFile } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import type { SetFiles } from './set-files.js';

/** A file of an image set that cannot be decoded. Its state is kept, so that a run can continue once the file is repaired. */
class DamagedFileError extends CarlError {
  constructor(
    error: CarlError,
    readonly damaged: DamagedFile,
  ) {
    super(error.code, error.message, { cause: error });
  }
}

/** Returns the error of a file that was read, with the state of the file if its content is the reason. */
export async function withFileState(error: unknown, files: SetFiles, index: number): Promise<unknown> {
  if (!CarlError.is(error) || error.code !== 'INPUT_DATA') return error;
  const file = files.paths[index];
  const state = await stat(join(files.root, file)).catch(() => undefined);
  if (!state) return error;
  const label = files.labels?.[index];
  const { size, mtimeMs: modified } = state;
  return new DamagedFileError(error, { file, index, size, modified, ...(label !== undefined && { label }) });
}

/** State of the damaged file that an error is about; undefined for other errors. */
export function damagedFileOf(error: unknown): DamagedFile | undefined {
  return CarlError.is(error) ? (error as Partial<DamagedFileError>).damaged : undefined;
}

/** Files of a set as they were before damaged ones were removed. */
export function withDamagedFiles(files: SetFiles, damaged: readonly DamagedFile[]): SetFiles {
  if (damaged.length === 0) return files;
  const present = new Set(files.paths);
  const removed = damaged.filter(({ file }) => !present.has(file)).sort((a, b) => a.index - b.index);
  if (removed.length === 0) return files;
  const paths = [...files.paths];
  const labels = files.labels && Array.from(files.labels);
  for (const { file, index, label = 0 } of removed) {
    paths.splice(index, 0, file);
    labels?.splice(index, 0, label);
  }
  return { ...files, paths, ...(labels && { labels }) };
}

/** True for a damaged file as run directories store it. */
export function isDamagedFile(value: unknown): value is DamagedFile {
  const { file, index, size, modified } = (value ?? {}) as Partial<DamagedFile>;
  return typeof file === 'string' && [index, size, modified].every(one => typeof one === 'number');
}
