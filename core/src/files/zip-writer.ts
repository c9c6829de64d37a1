import { crc32 } from 'node:zlib';
import { CENTRAL_END, CENTRAL_END_64, CENTRAL_HEADER, LOCAL_HEADER, LOCATOR_64, UNKNOWN } from './zip-format.js';

/** A file that is written from its beginning to its end, and may be patched before it. */
export interface GrowingFile {
  /** Appends bytes. */
  append(bytes: Uint8Array): Promise<void>;
  /** Replaces bytes that are there. */
  patch(bytes: Uint8Array, position: number): Promise<void>;
  /** Number of bytes so far. */
  readonly size: number;
}

/** Version 4.5 of the format: entries and archives of more than 4 GiB. */
const VERSION = 45;
/** File names are UTF-8. */
const UTF8 = 0x0800;
/** 1 January 1980, so that equal content gives equal bytes. */
const DATE = 0x21;
const EXTRA_64 = 20;

interface Entry {
  readonly name: Uint8Array;
  readonly offset: number;
  readonly size: number;
  readonly checksum: number;
}

/** Writes a ZIP archive of uncompressed entries. Every size is in its 64-bit form. */
export class ZipWriter {
  readonly #entries: Entry[] = [];

  constructor(private readonly file: GrowingFile) {}

  /** Adds an entry of the given size. Its content may come in parts. */
  async add(name: string, size: number, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const { file } = this;
    const offset = file.size;
    const bytes = new TextEncoder().encode(name);
    await file.append(localHeader({ name: bytes, offset, size, checksum: 0 }));
    const start = file.size;
    let checksum = 0;
    for await (const part of parts) {
      checksum = crc32(part, checksum);
      await file.append(part);
    }
    if (file.size - start !== size) throw new RangeError(`${name} has ${file.size - start} bytes, not ${size}`);
    const entry = { name: bytes, offset, size, checksum };
    await file.patch(localHeader(entry), offset);
    this.#entries.push(entry);
  }

  /** Writes the directory of the archive. */
  async finish(): Promise<void> {
    const { file } = this;
    const start = file.size;
    for (const entry of this.#entries) await file.append(centralHeader(entry));
    await file.append(ending(this.#entries.length, { start, size: file.size - start }));
  }
}

function localHeader({ name, size, checksum }: Entry): Uint8Array {
  const { bytes, view } = record(30 + name.length + EXTRA_64);
  view.setUint32(0, LOCAL_HEADER, true);
  common(view, 4, checksum);
  view.setUint16(26, name.length, true);
  view.setUint16(28, EXTRA_64, true);
  bytes.set(name, 30);
  sizes(view, 30 + name.length, { size, length: 16 });
  return bytes;
}

function centralHeader({ name, size, checksum, offset }: Entry): Uint8Array {
  const { bytes, view } = record(46 + name.length + EXTRA_64 + 8);
  view.setUint32(0, CENTRAL_HEADER, true);
  view.setUint16(4, VERSION, true);
  common(view, 6, checksum);
  view.setUint16(28, name.length, true);
  view.setUint16(30, EXTRA_64 + 8, true);
  view.setUint32(42, UNKNOWN, true);
  bytes.set(name, 46);
  sizes(view, 46 + name.length, { size, length: 24 });
  view.setBigUint64(46 + name.length + EXTRA_64, BigInt(offset), true);
  return bytes;
}

/** Fields that both headers have, from the version needed on; the sizes are in the extra field. */
function common(view: DataView, at: number, checksum: number): void {
  view.setUint16(at, VERSION, true);
  view.setUint16(at + 2, UTF8, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, checksum, true);
  view.setUint32(at + 14, UNKNOWN, true);
  view.setUint32(at + 18, UNKNOWN, true);
}

function sizes(view: DataView, at: number, { size, length }: { readonly size: number; readonly length: number }): void {
  view.setUint16(at, 1, true);
  view.setUint16(at + 2, length, true);
  view.setBigUint64(at + 4, BigInt(size), true);
  view.setBigUint64(at + 12, BigInt(size), true);
}

function ending(count: number, { start, size }: { readonly start: number; readonly size: number }): Uint8Array {
  const { bytes, view } = record(56 + 20 + 22);
  view.setUint32(0, CENTRAL_END_64, true);
  view.setBigUint64(4, 44n, true);
  view.setUint16(12, VERSION, true);
  view.setUint16(14, VERSION, true);
  view.setBigUint64(24, BigInt(count), true);
  view.setBigUint64(32, BigInt(count), true);
  view.setBigUint64(40, BigInt(size), true);
  view.setBigUint64(48, BigInt(start), true);
  view.setUint32(56, LOCATOR_64, true);
  view.setBigUint64(64, BigInt(start + size), true);
  view.setUint32(72, 1, true);
  view.setUint32(76, CENTRAL_END, true);
  view.setUint16(84, 0xffff, true);
  view.setUint16(86, 0xffff, true);
  view.setUint32(88, UNKNOWN, true);
  view.setUint32(92, UNKNOWN, true);
  return bytes;
}

function record(length: number): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** A ZIP archive of uncompressed entries in memory. */
export async function zipArchive(entries: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const starts = new Map<number, Uint8Array>();
  const zip = new ZipWriter({
    append: bytes => {
      starts.set(size, bytes);
      parts.push(bytes);
      size += bytes.length;
      return Promise.resolve();
    },
    patch: (bytes, position) => {
      starts.get(position)!.set(bytes);
      return Promise.resolve();
    },
    get size() {
      return size;
    },
  });
  for (const [name, bytes] of Object.entries(entries)) await zip.add(name, bytes.length, [bytes]);
  await zip.finish();
  return new Uint8Array(Buffer.concat(parts));
}
