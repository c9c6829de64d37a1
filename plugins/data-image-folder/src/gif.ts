/** Bytes of pixels, [height, width, 3]. */
export interface RgbPixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Place and size of the first frame, and where its parts are stored. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  readonly palette: Uint8Array;
  /** Place of the compressed indices. */
  readonly start: number;
}

/**
 * Decodes the first frame of a GIF to the colours of its palette. Transparent pixels keep the colour of their index, as in
 * Pillow. sharp and most other decoders lose it; JavaScript libraries that keep it (such as modern-gif 2.1) fill in for
 * data that are damaged or missing, instead of failing.
 * @param mostPixels limit of the image, which can be larger than its header says, if the frame is
 * @throws Error if the file is damaged or too large
 */
export function decodeGif(bytes: Uint8Array, mostPixels: number): RgbPixels {
  const screen = { width: u16(bytes, 6), height: u16(bytes, 8) };
  const { frame, transparent } = firstFrame(bytes);
  const [width, height] = [
    Math.max(screen.width, frame.left + frame.width),
    Math.max(screen.height, frame.top + frame.height),
  ];
  if (width * height > mostPixels) throw new Error(`its first frame has ${width} x ${height} pixels, too many`);
  const indices = new Uint8Array(width * height).fill(transparent ?? 0);
  const decoded = decompress(bytes, frame);
  rowsOf(frame).forEach((row, i) => {
    const from = i * frame.width;
    indices.set(decoded.subarray(from, from + frame.width), (frame.top + row) * width + frame.left);
  });
  const data = new Uint8Array(3 * indices.length);
  for (let i = 0; i < indices.length; i++)
    for (let c = 0; c < 3; c++) data[3 * i + c] = frame.palette[3 * indices[i] + c];
  return { data, width, height };
}

function firstFrame(bytes: Uint8Array): { readonly frame: Frame; readonly transparent?: number } {
  let [at, transparent]: [number, number | undefined] = [13, undefined];
  const flags = u8(bytes, 10);
  const common = flags & 0x80 ? paletteAt(bytes, at, flags) : undefined;
  if (common) at += common.stored;
  for (;;) {
    const kind = u8(bytes, at);
    if (kind === 0x2c) break;
    if (kind !== 0x21) throw new Error('it has no frame');
    // A graphic control extension has the index of the transparent colour.
    if (u8(bytes, at + 1) === 0xf9 && u8(bytes, at + 3) & 1) transparent = u8(bytes, at + 6);
    at = afterBlocks(bytes, at + 2);
  }
  const [left, top, width, height] = [1, 3, 5, 7].map(offset => u16(bytes, at + offset));
  const own = u8(bytes, at + 9);
  const local = own & 0x80 ? paletteAt(bytes, at + 10, own) : undefined;
  const palette = (local ?? common ?? paletteAt(bytes, at, 0)).colours;
  const start = at + 10 + (local?.stored ?? 0);
  return { frame: { left, top, width, height, interlaced: (own & 0x40) !== 0, palette, start }, transparent };
}

/** A palette of 256 colours; those that are not stored are grey. */
function paletteAt(bytes: Uint8Array, at: number, flags: number): { colours: Uint8Array; stored: number } {
  const colours = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
  const stored = flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
  colours.set(bytes.subarray(at, at + stored));
  return { colours, stored };
}

function afterBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (u8(bytes, at) !== 0) at += u8(bytes, at) + 1;
  return at + 1;
}

/** Rows of a frame in the order in which they are stored. */
function rowsOf({ height, interlaced }: Frame): readonly number[] {
  const passes = interlaced ? [[0, 8], [4, 8], [2, 4], [1, 2]] : [[0, 1]]; // prettier-ignore
  return passes.flatMap(([first, step]) =>
    Array.from({ length: Math.max(0, Math.ceil((height - first) / step)) }, (_, i) => first + i * step),
  );
}

/** Decompresses the indices of a frame (LZW with codes of growing length). */
function decompress(bytes: Uint8Array, { start, width, height }: Frame): Uint8Array {
  const least = u8(bytes, start);
  if (least < 2 || least > 8) throw new Error('its compressed data are damaged');
  const [clear, end] = [2 ** least, 2 ** least + 1];
  const table = new CodeTable(clear);
  const out = new Uint8Array(width * height);
  let [length, previous] = [0, -1];
  for (const code of codesOf(bytes, start + 1, () => table.codeLength)) {
    if (code === end || length === out.length) break;
    if (code === clear) {
      table.clear();
      previous = -1;
      continue;
    }
    length += table.write(code, previous, out.subarray(length));
    previous = code;
  }
  if (length < out.length) throw new Error('it ends early');
  return out;
}

/** Strings of an LZW decoder: each is a shorter one and a last index. */
class CodeTable {
  readonly #prefix = new Int16Array(4096);
  readonly #last = new Uint8Array(4096);
  readonly #length = new Uint16Array(4096).fill(1);
  readonly #first: number;
  #next: number;

  constructor(private readonly literals: number) {
    this.#first = literals + 2;
    this.#next = this.#first;
    for (let i = 0; i < literals; i++) this.#last[i] = i;
  }

  /** Bits of the next code. */
  get codeLength(): number {
    return Math.min(12, 32 - Math.clz32(this.#next));
  }

  clear(): void {
    this.#next = this.#first;
  }

  /** Writes the string of a code as far as there is room, and adds the string that follows from the code before. */
  write(code: number, previous: number, out: Uint8Array): number {
    const known = code < this.literals || (code >= this.#first && code < this.#next);
    if (!known && (previous < 0 || code !== this.#next)) throw new Error('its compressed data are damaged');
    if (previous >= 0 && this.#next < 4096) {
      this.#prefix[this.#next] = previous;
      this.#length[this.#next] = this.#length[previous] + 1;
      this.#last[this.#next] = this.#firstOf(known ? code : previous);
      this.#next += 1;
    }
    const length = this.#length[code];
    for (let [at, rest] = [code, length - 1]; rest >= 0; rest -= 1, at = this.#prefix[at])
      if (rest < out.length) out[rest] = this.#last[at];
    return Math.min(length, out.length);
  }

  #firstOf(code: number): number {
    let at = code;
    while (at >= this.#first) at = this.#prefix[at];
    return at;
  }
}

/** Codes in the data blocks, lowest bits first. `bits` is asked before each. */
function* codesOf(bytes: Uint8Array, start: number, bits: () => number): Generator<number, void, undefined> {
  let [value, count] = [0, 0];
  for (let at = start; at < bytes.length && bytes[at] !== 0; at += bytes[at] + 1)
    for (const byte of bytes.subarray(at + 1, at + 1 + bytes[at])) {
      value |= byte << count;
      count += 8;
      while (count >= bits()) {
        const length = bits();
        yield value & ((1 << length) - 1);
        value >>>= length;
        count -= length;
      }
    }
}

function u8(bytes: Uint8Array, at: number): number {
  if (at < bytes.length) return bytes[at];
  throw new Error('it ends early');
}

function u16(bytes: Uint8Array, at: number): number {
  return u8(bytes, at) | (u8(bytes, at + 1) << 8);
}
