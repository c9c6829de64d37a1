import type { Decoded } from './decode.js';

/** Bytes by which memory is given out; positions of 32 bits then reach far enough. */
export const UNIT = 64;
/** Largest buffer; a larger cache has several. */
const LARGEST = 2 ** 31;
/** Bytes by which a buffer grows. */
const STEP = 2 ** 24;

/** Decoded images in memory that threads share. */
export interface SharedImageMemory {
  /** Buffers that grow; the image at index i is in buffer i modulo their number. */
  readonly buffers: readonly SharedArrayBuffer[];
  /** Units in use of each buffer. */
  readonly ends: Int32Array;
  /** [N, 4]: state, first unit, height and width of each image. */
  readonly table: Int32Array;
}

/** A buffer that grows, which the types of this ECMAScript version lack. */
interface Growable {
  readonly maxByteLength: number;
  grow(bytes: number): void;
}
const GrowableBuffer = SharedArrayBuffer as unknown as new (
  bytes: number,
  options: { readonly maxByteLength: number },
) => SharedArrayBuffer & Growable;

const [STATE, FIRST, HEIGHT, WIDTH, FIELDS] = [0, 1, 2, 3, 4];
const [EMPTY, WRITING, READY] = [0, 1, 2];

/** Number of units that hold these bytes. */
export function unitsOf(bytes: number): number {
  return Math.ceil(bytes / UNIT);
}

/** Memory for at most `bytes` of `images` images; it is taken as images are put in. */
export function sharedImageMemory(images: number, bytes: number): SharedImageMemory {
  const count = Math.max(1, Math.ceil(bytes / LARGEST));
  const maxByteLength = UNIT * unitsOf(bytes / count);
  return {
    buffers: Array.from({ length: count }, () => new GrowableBuffer(0, { maxByteLength })),
    ends: new Int32Array(new SharedArrayBuffer(4 * count)),
    table: new Int32Array(new SharedArrayBuffer(4 * FIELDS * images)),
  };
}

/** An image that a thread has put in; the bytes must not be changed. */
export function sharedImage(
  { buffers, table }: SharedImageMemory,
  index: number,
  channels: number,
): Decoded | undefined {
  const row = FIELDS * index;
  if (Atomics.load(table, row + STATE) !== READY) return undefined;
  const [height, width] = [table[row + HEIGHT], table[row + WIDTH]];
  const bytes = new Uint8Array(buffers[index % buffers.length], UNIT * table[row + FIRST], height * width * channels);
  return { bytes, size: [height, width] };
}

/** Puts an image in, unless a thread has done so or there is no room. Returns true if this thread did. */
export function putSharedImage(memory: SharedImageMemory, index: number, { bytes, size }: Decoded): boolean {
  const { buffers, ends, table } = memory;
  const row = FIELDS * index;
  if (Atomics.compareExchange(table, row + STATE, EMPTY, WRITING) !== EMPTY) return false;
  const buffer = buffers[index % buffers.length] as SharedArrayBuffer & Growable;
  const place = { at: index % buffers.length, most: buffer.maxByteLength / UNIT };
  const first = takeUnits(ends, unitsOf(bytes.length), place);
  if (first !== undefined) {
    growTo(buffer, UNIT * (first + unitsOf(bytes.length)));
    new Uint8Array(buffer, UNIT * first, bytes.length).set(bytes);
    [table[row + FIRST], table[row + HEIGHT], table[row + WIDTH]] = [first, ...size];
  }
  Atomics.store(table, row + STATE, first === undefined ? EMPTY : READY);
  return first !== undefined;
}

/** Adds units to a count that threads share; returns the count before, or undefined if it would exceed `most`. */
export function takeUnits(
  counts: Int32Array,
  units: number,
  { at, most }: { readonly at: number; readonly most: number },
): number | undefined {
  for (;;) {
    const before = Atomics.load(counts, at);
    if (before + units > most) return undefined;
    if (Atomics.compareExchange(counts, at, before, before + units) === before) return before;
  }
}

/** Grows a buffer in steps; another thread may grow it at the same time. */
function growTo(buffer: SharedArrayBuffer & Growable, bytes: number): void {
  while (buffer.byteLength < bytes) {
    try {
      buffer.grow(Math.min(buffer.maxByteLength, STEP * Math.ceil(bytes / STEP)));
    } catch (error) {
      if (buffer.byteLength < bytes) throw error;
    }
  }
}
