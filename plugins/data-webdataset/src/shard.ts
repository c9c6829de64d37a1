import { CarlError, readUserFile, withFileParts, type FilePart, type PartReader } from '@carl-ssl/core';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A shard on disk, or decompressed in memory. */
export interface Shard {
  readonly path: string;
  /** Content of a compressed shard. */
  readonly content?: Uint8Array;
}

/** Opens a shard; one that is compressed with gzip is decompressed. @throws CarlError INPUT_FILE, INPUT_DATA */
export async function openShard(path: string, most: number): Promise<Shard> {
  const head = await withFileParts(path, file => file.read({ start: 0, length: Math.min(2, file.size) }));
  if (head[0] !== 0x1f || head[1] !== 0x8b) return { path };
  const stored = await readUserFile(path);
  try {
    return { path, content: await promisify(gunzip)(stored, { maxOutputLength: Math.max(1, most) }) };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(path) : damaged(path, error);
  }
}

/** Reads parts of a shard. @throws CarlError INPUT_FILE, INPUT_DATA */
export function withShard<T>({ path, content }: Shard, use: (file: PartReader) => Promise<T>): Promise<T> {
  if (!content) return withFileParts(path, use);
  const read = async ({ start, length }: FilePart): Promise<Uint8Array> => {
    if (start + length <= content.length) return content.slice(start, start + length);
    throw new CarlError('INPUT_DATA', `${path} is incomplete: it ends at byte ${content.length} after decompression.`);
  };
  return use({ size: content.length, read });
}

function tooLarge(path: string): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${path} and the compressed shards before it need more memory than \`maxMegabytes\` allows, since compressed shards are decompressed as a whole. Raise it if the memory suffices, or decompress the shards (gunzip); images gain nothing from compression.`,
  );
}

function damaged(path: string, cause: unknown): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${path} is damaged or incomplete: the gzip data cannot be decompressed (${(cause as Error).message}). Copy or download it again.`,
    { cause },
  );
}
