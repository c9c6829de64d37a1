/** Number formats a safetensors file may hold, and how each becomes float32 or int32. Files are little-endian. */
export interface StoredDtype {
  /** Bytes of one number. */
  readonly bytes: number;
  readonly kind: 'F32' | 'I32';
  /** The number at a byte offset. */
  readonly read: (view: DataView, offset: number) => number;
}

const float = (bytes: number, read: StoredDtype['read']): StoredDtype => ({ bytes, kind: 'F32', read });
const integer = (bytes: number, read: StoredDtype['read']): StoredDtype => ({ bytes, kind: 'I32', read });

export const STORED_DTYPES: Readonly<Record<string, StoredDtype>> = {
  F32: float(4, (view, offset) => view.getFloat32(offset, true)),
  F64: float(8, (view, offset) => view.getFloat64(offset, true)),
  F16: float(2, (view, offset) => halfToNumber(view.getUint16(offset, true))),
  BF16: float(2, (view, offset) => bfloatToNumber(view.getUint16(offset, true))),
  I64: integer(8, (view, offset) => Number(view.getBigInt64(offset, true))),
  I32: integer(4, (view, offset) => view.getInt32(offset, true)),
  I16: integer(2, (view, offset) => view.getInt16(offset, true)),
  I8: integer(1, (view, offset) => view.getInt8(offset)),
  U8: integer(1, (view, offset) => view.getUint8(offset)),
  BOOL: integer(1, (view, offset) => view.getUint8(offset)),
};

/** IEEE 754 binary16: 1 sign bit, 5 of exponent, 10 of fraction. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const scratch = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function bfloatToNumber(bits: number): number {
  scratch.setUint32(0, bits * 0x10000);
  return scratch.getFloat32(0);
}
