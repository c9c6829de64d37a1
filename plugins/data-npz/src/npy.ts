import { orderedByRows } from './row-order.js';

/** An array of numbers, row by row. */
export interface NpyArray {
  readonly type: NumberType;
  readonly shape: readonly number[];
  readonly values: Numbers;
}

/** Types that are read, named as in NumPy without the byte order. */
type NumberType = 'u1' | 'u2' | 'u4' | 'u8' | 'i1' | 'i2' | 'i4' | 'i8' | 'f2' | 'f4' | 'f8' | 'b1';

/** Values of any of the types; f2 as 32-bit floats, 64-bit integers as floats. */
export type Numbers =
  Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Reads one value of a view; `little` is the byte order. */
type ReadValue = (view: DataView, at: number, little: boolean) => number;

interface NumberFormat {
  readonly make: new (length: number) => Numbers;
  readonly read: ReadValue;
}

const FORMATS: Readonly<Record<NumberType, NumberFormat>> = {
  b1: { make: Uint8Array, read: (view, at) => view.getUint8(at) },
  u1: { make: Uint8Array, read: (view, at) => view.getUint8(at) },
  i1: { make: Int8Array, read: (view, at) => view.getInt8(at) },
  u2: { make: Uint16Array, read: (view, at, little) => view.getUint16(at, little) },
  i2: { make: Int16Array, read: (view, at, little) => view.getInt16(at, little) },
  u4: { make: Uint32Array, read: (view, at, little) => view.getUint32(at, little) },
  i4: { make: Int32Array, read: (view, at, little) => view.getInt32(at, little) },
  u8: { make: Float64Array, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i8: { make: Float64Array, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f2: { make: Float32Array, read: (view, at, little) => halfFloat(view.getUint16(at, little)) },
  f4: { make: Float32Array, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { make: Float64Array, read: (view, at, little) => view.getFloat64(at, little) },
};

/** Longest header that is read; NumPy's own are below 200 bytes. */
const MOST_HEADER = 10_000;

/**
 * Reads a `.npy` array of numbers. Arrays of Python objects are refused, since they are pickles.
 * @throws Error with the problem
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const { text, start } = headerOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const { type, little, fortran, shape } = describe(text);
  const count = shape.reduce((product, length) => product * length, 1);
  const wanted = start + count * Number(type[1]);
  if (wanted !== bytes.length)
    throw new Error(
      `its shape [${shape.join(', ')}] and type ${type} need ${wanted} bytes, and it has ${bytes.length}`,
    );
  const stored = valuesOf(bytes.subarray(start), type, { count, little });
  return { type, shape, values: fortran ? orderedByRows(stored, shape) : stored };
}

function headerOf(bytes: Buffer): { text: string; start: number } {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw new Error('it does not start with the signature of a NumPy array');
  const from = bytes[6] === 1 ? 10 : 12;
  const length = bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (bytes[6] < 1 || bytes[6] > 3) throw new Error(`it is of the unknown format version ${bytes[6]}`);
  if (length > MOST_HEADER || from + length > bytes.length)
    throw new Error(`its header is said to have ${length} bytes`);
  return { text: bytes.toString('latin1', from, from + length), start: from + length };
}

interface Description {
  readonly type: NumberType;
  readonly little: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

function describe(text: string): Description {
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const lengths = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || lengths === undefined)
    throw new Error('its header does not describe one array of numbers');
  const type = descr.slice(1);
  if (type.startsWith('O')) throw new Error('it holds Python objects, which are never unpickled; store numbers');
  if (!isNumberType(type) || !'<>|='.includes(descr[0]))
    throw new Error(`its type is ${descr}, and only integers and real numbers are read`);
  const shape = lengths.split(',').flatMap(one => (one.trim() === '' ? [] : [Number(one)]));
  if (shape.length > 8 || !Number.isSafeInteger(shape.reduce((product, length) => product * length, 8)))
    throw new Error(`its shape [${shape.join(', ')}] is too large`);
  return { type, little: !descr.startsWith('>'), fortran: fortran === 'True', shape };
}

function isNumberType(type: string): type is NumberType {
  return Object.hasOwn(FORMATS, type);
}

function valuesOf(bytes: Uint8Array, type: NumberType, { count, little }: { count: number; little: boolean }): Numbers {
  if (type === 'u1') return bytes;
  const { make, read } = FORMATS[type];
  const width = Number(type[1]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new make(count);
  for (let i = 0; i < count; i++) values[i] = read(view, i * width, little);
  return values;
}

/** Value of a float of 16 bits. */
function halfFloat(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
