import { ZipWriter } from '../../files/zip-writer.js';
import { blocksOfTable, type TableRows, type TableWriter, type VectorTable } from './table.js';

/**
 * An archive of NumPy arrays: `features` [N, D], `names` [N], `labels` [N], `classes`, `prototypes` and `probabilities` [N] or
 * [N, sets].
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export const writeNpz: TableWriter = async (table, file) => {
  const { length, dim, sets, column, classes } = table;
  const zip = new ZipWriter(file);
  const own = sets === 1 ? [length] : [length, sets];
  const add = async (name: string, array: NumpyArray) => {
    const header = npyHeader(array);
    await zip.add(`${name}.npy`, header.length + array.bytes, following(header, array.parts));
  };
  await add(column, numbers('<f4', [length, dim], blockParts(table, 'vectors')));
  await add(
    'names',
    texts(length, i => table.name(i)),
  );
  const { label } = table;
  if (label) await add('labels', numbers('<i4', [length], [Int32Array.from({ length }, (_, i) => label(i))]));
  if (classes)
    await add(
      'classes',
      texts(classes.length, i => classes[i]),
    );
  if (sets > 0) {
    await add('prototypes', numbers('<i4', own, blockParts(table, 'prototypes')));
    await add('probabilities', numbers('<f4', own, blockParts(table, 'probabilities')));
  }
  await zip.finish();
};

type Parts = AsyncIterable<ArrayBufferView> | Iterable<ArrayBufferView>;

interface NumpyArray {
  readonly type: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly parts: Parts;
}

function numbers(type: '<f4' | '<i4', shape: readonly number[], parts: Parts): NumpyArray {
  return { type, shape, bytes: 4 * shape.reduce((product, one) => product * one, 1), parts };
}

async function* blockParts(table: VectorTable, part: keyof TableRows): AsyncGenerator<ArrayBufferView> {
  for await (const block of blocksOfTable(table)) yield block[part];
}

/** Texts of a fixed width, as NumPy stores them: 4 bytes for each code point. */
function texts(length: number, text: (index: number) => string): NumpyArray {
  let width = 1;
  for (let i = 0; i < length; i++) width = Math.max(width, Array.from(text(i)).length);
  const parts = function* (): Generator<ArrayBufferView> {
    for (let i = 0; i < length; i++)
      yield Uint32Array.from({ length: width }, (_, at) => Array.from(text(i))[at]?.codePointAt(0) ?? 0);
  };
  return { type: `<U${width}`, shape: [length], bytes: 4 * width * length, parts: parts() };
}

/** Magic number, version 1.0, and a Python dictionary padded so that the data begin at a multiple of 64 bytes. */
function npyHeader({ type, shape }: NumpyArray): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[length - 1] = 0x0a;
  return bytes;
}

async function* following(header: Uint8Array, parts: Parts): AsyncGenerator<Uint8Array> {
  yield header;
  for await (const part of parts) yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}
