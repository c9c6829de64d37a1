/** Bytes of a Python pickle, put together as Python 2 (protocol 2) or Python 3 (protocol 4) writes batches of CIFAR. */

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const code = (...bytes: number[]): Buffer => Buffer.from(bytes);
const text = (value: string): Buffer => Buffer.concat([code(0x55, value.length), Buffer.from(value, 'latin1')]);
const unicode = (value: string): Buffer => Buffer.concat([code(0x8c, Buffer.byteLength(value)), Buffer.from(value)]);
const global = (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`, 'latin1');
const small = (value: number): Buffer => code(0x4b, value);
const middle = (value: number): Buffer => code(0x4d, value & 255, value >> 8);

/** Pixel of an image, a plane of it, and a place in the plane. */
export const level = (image: number, plane: number, at: number): number => (image * 31 + plane * 77 + at * 5) % 256;

/** Planes of all images. */
export function planes(count: number): Buffer {
  return Buffer.from(
    Array.from({ length: count * 3072 }, (_, i) =>
      level(Math.floor(i / 3072), Math.floor((i % 3072) / 1024), i % 1024),
    ),
  );
}

/** How a batch is written. */
export interface BatchForm {
  readonly protocol: 2 | 4;
  /** Keys of lists of labels. By default `labels`. */
  readonly keys?: readonly string[];
  /** Labels count up to this number, without it, and begin again. */
  readonly modulo?: number;
  /** Replaces the function that makes arrays. */
  readonly callee?: Buffer;
}

/** A batch with the labels 0, 1, 2 and so on. */
export function pythonBatch(count: number, { protocol, keys = ['labels'], modulo = 256, callee }: BatchForm): Buffer {
  const key = protocol === 2 ? text : unicode;
  const name = (module: string, one: string): Buffer =>
    protocol === 2 ? global(module, one) : Buffer.concat([unicode(module), unicode(one), code(0x93)]);
  const raw = planes(count);
  const array = [
    callee ?? name('numpy.core.multiarray', '_reconstruct'),
    ...[name('numpy', 'ndarray'), small(0), code(0x85), key('b'), code(0x87, 0x52)],
    ...[code(0x28), small(1), small(count), middle(3072), code(0x86)],
    ...[name('numpy', 'dtype'), key('u1'), small(0), small(1), code(0x87, 0x52)],
    ...[
      code(0x28),
      small(3),
      key('|'),
      code(0x4e, 0x4e, 0x4e, 0x4a),
      u32(0xffffffff),
      code(0x4a),
      u32(0xffffffff),
      small(0),
      code(0x74, 0x62),
    ],
    ...[code(0x89), code(protocol === 2 ? 0x54 : 0x42), u32(raw.length), raw, code(0x74, 0x62)],
  ];
  const labels = keys.map(one => [
    key(one),
    code(0x5d, 0x28),
    ...Array.from({ length: count }, (_, i) => small(i % modulo)),
    code(0x65, 0x73),
  ]);
  const frame = protocol === 4 ? [code(0x95), Buffer.alloc(8)] : [];
  return Buffer.concat([
    ...[code(0x80, protocol), ...frame, code(0x7d, 0x71, 0)],
    ...[key('data'), ...array, code(0x73)],
    ...labels.flat(),
    code(0x2e),
  ]);
}
