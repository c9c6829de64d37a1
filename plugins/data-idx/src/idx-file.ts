import { CarlError, readDataFile } from '@carl-ssl/core';

/** Array of unsigned bytes, row by row. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Third byte of an IDX file: the type of its numbers. */
const UNSIGNED_BYTE = 0x08;

const CONTENTS: Readonly<Record<number, string>> = {
  1: 'labels (magic number 0x00000801)',
  3: 'images (magic number 0x00000803)',
};

/**
 * Reads an IDX file, with or without gzip compression: two zero bytes, type, number of dimensions, length of each
 * dimension as a big-endian 32-bit number, then the values, row by row.
 * @param dimensions 1 for labels, 3 for images
 * @throws CarlError INPUT_FILE, INPUT_DATA
 */
export async function readIdx(path: string, dimensions: 1 | 3): Promise<IdxArray> {
  const start = 4 + 4 * dimensions;
  const bytes = await readDataFile(path, head => start + count(shapeOf(head, dimensions, path)));
  return { shape: shapeOf(bytes, dimensions, path), data: bytes.subarray(start) };
}

const count = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

function shapeOf(bytes: Uint8Array, dimensions: 1 | 3, path: string): number[] {
  checkMagic(bytes, dimensions, path);
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) throw refusal(path, `it has ${bytes.length} bytes, its header alone takes ${start}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const empty = shape.indexOf(0);
  if (empty >= 0)
    throw refusal(path, `its shape is [${shape.join(', ')}], and the length at byte ${4 + 4 * empty} may not be 0`);
  return shape;
}

function checkMagic(bytes: Uint8Array, dimensions: 1 | 3, path: string): void {
  if (bytes.length < 4) throw refusal(path, `it has ${bytes.length} bytes, the magic number alone takes 4`);
  const [zero, alsoZero, type, rank] = bytes;
  if (zero === 0 && alsoZero === 0 && type === UNSIGNED_BYTE && rank === dimensions) return;
  const found = [...bytes.subarray(0, 4)].map(byte => byte.toString(16).padStart(2, '0')).join('');
  const other = zero === 0 && alsoZero === 0 && type === UNSIGNED_BYTE ? CONTENTS[rank] : undefined;
  const hint = other ? `It holds ${other}; were two files swapped?` : 'Is it the right file?';
  throw refusal(path, `it must hold ${CONTENTS[dimensions]} and its first 4 bytes are 0x${found}`, hint);
}

function refusal(path: string, problem: string, hint = 'Copy or download it again.'): CarlError {
  return new CarlError('INPUT_DATA', `${path} cannot be used as an IDX file: ${problem}. ${hint}`);
}
