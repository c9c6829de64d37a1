/** Fields of a PAX header that matter for reading. */
export interface PaxRecords {
  readonly path?: string;
  readonly size?: number;
  /** The entry is a sparse file, whose content is a map of its parts. */
  readonly sparse?: boolean;
}

/** Text of a field up to its first zero byte. */
export function textIn(block: Uint8Array, start: number, length: number): string {
  const field = Buffer.from(block.buffer, block.byteOffset + start, Math.min(length, block.length - start));
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** Number of a field: octal digits, or binary if the first bit is set. Undefined if it is neither. */
export function numberIn(block: Uint8Array, start: number, length: number): number | undefined {
  if (block[start] === 0x80) {
    const value = block.subarray(start + 1, start + length).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = textIn(block, start, length).trim();
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : undefined;
}

/** True if the sum of a header's bytes, with the sum itself as spaces, is the one that it states. */
export function checksumFits(block: Uint8Array): boolean {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return numberIn(block, 148, 8) === sum;
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every(byte => byte === 0);
}

/** Records `length key=value` of a PAX header. Damaged records end the list. */
export function paxRecords(content: Uint8Array): PaxRecords {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const found: { path?: string; size?: number; sparse?: boolean } = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(bytes.toString('latin1', at, space));
    if (!(length > space - at + 1 && at + length <= bytes.length)) break;
    const [key, ...value] = bytes.toString('utf8', space + 1, at + length - 1).split('=');
    if (key.startsWith('GNU.sparse.')) found.sparse = true;
    if (key === 'path') found.path = value.join('=');
    if (key === 'size' && /^\d{1,15}$/.test(value.join('='))) found.size = Number(value.join('='));
    at += length;
  }
  return found;
}
