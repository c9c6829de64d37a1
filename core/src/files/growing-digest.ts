import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Length and content of a file, or of its beginning. */
export interface FileDigest {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** SHA-256 of a file that grows: each byte is read once. */
export class GrowingDigest {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  /** Digest of the file as far as `end`, at most to its present end. */
  async extend(file: FileHandle, end = Infinity): Promise<FileDigest> {
    const buffer = Buffer.alloc(1 << 16);
    for (;;) {
      const length = Math.min(buffer.length, end - this.#bytes);
      const { bytesRead } = await file.read(buffer, 0, length, this.#bytes);
      if (bytesRead === 0) return { bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#bytes += bytesRead;
    }
  }
}
