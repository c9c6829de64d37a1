import { CarlError } from '@carl-ssl/core';

/** Error for a file that is damaged or of another format. */
export function damaged(path: string, problem: string, cause?: unknown): CarlError {
  return new CarlError('INPUT_DATA', `${path} is damaged or no Parquet file: ${problem}. Copy or download it again.`, {
    cause,
  });
}
