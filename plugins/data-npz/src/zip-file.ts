import { CarlError, type PartReader } from '@carl-ssl/core';

/** An open archive and its limits. */
export interface ZipFile {
  readonly path: string;
  readonly file: PartReader;
  /** Bytes that an entry may have after decompression. */
  readonly most: number;
}

/** Error for an archive that is damaged or of another format. */
export function damaged(path: string, problem: string, cause?: unknown): CarlError {
  return new CarlError('INPUT_DATA', `${path} cannot be used as an npz archive: ${problem}. Copy or write it again.`, {
    cause,
  });
}
