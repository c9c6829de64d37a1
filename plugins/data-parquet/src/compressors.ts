import { snappyUncompress, type Compressors } from 'hyparquet';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';

/** Largest page after decompression. Writers make pages of about a megabyte, or of one image. */
const MOST_BYTES = 2 ** 29;

/** A codec that never produces more than a page states. */
type Decompress = (stored: Uint8Array, length: number) => Uint8Array;

const bounded =
  (decompress: Decompress): Decompress =>
  (stored, length) => {
    if (!(length >= 0 && length <= MOST_BYTES))
      throw new Error(`a page is said to have ${length} bytes, and at most ${MOST_BYTES} are decompressed`);
    const content = decompress(stored, length);
    if (content.length !== length) throw new Error(`a page has ${content.length} bytes and ${length} are stated`);
    return content;
  };

const limit = (length: number) => ({ maxOutputLength: Math.max(1, length) });

/** Part of newer versions of Node.js. */
const { zstdDecompressSync } = zlib as {
  zstdDecompressSync?: (stored: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
};

/** Codecs of pages. Zstandard needs Node.js 22.15 or later. */
export const compressors: Compressors = {
  SNAPPY: bounded((stored, length) => {
    // Three bytes of a copy produce at most 64.
    if (length > 22 * (stored.length + 8)) throw new Error(`${stored.length} bytes cannot expand to ${length}`);
    const content = new Uint8Array(length);
    snappyUncompress(stored, content);
    return content;
  }),
  GZIP: bounded((stored, length) => gunzipSync(stored, limit(length))),
  BROTLI: bounded((stored, length) => brotliDecompressSync(stored, limit(length))),
  ...(zstdDecompressSync && { ZSTD: bounded((stored, length) => zstdDecompressSync(stored, limit(length))) }),
};
