import { CENTRAL_END, CENTRAL_END_64, CENTRAL_HEADER, LOCAL_HEADER, LOCATOR_64, UNKNOWN } from './zip-format.js';

/** Ends reading with an error about the problem. */
export type Refuse = (problem: string) => never;

const UNKNOWN_COUNT = 0xffff;
/** Bytes of the end of the directory, and the longest comment behind it. */
const END = 22;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 100_000;

interface Directory {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

interface Entry {
  readonly name: string;
  /** Of its local header. */
  readonly offset: number;
  readonly size: number;
}

/**
 * The entries of a ZIP archive without compression, by name. The bytes are those of the archive, so that no archive takes more memory
 * than its file. Compressed, encrypted and overlapping entries, and names that leave the archive, are refused.
 */
export function storedZip(bytes: Uint8Array, refuse: Refuse): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = directoryOf(view, refuse);
  const entries = entriesOf(view, directory, refuse);
  const contents = entries.map(entry => [entry, startOf(view, entry, refuse)] as const);
  let end = 0;
  for (const [{ name, offset, size }, start] of contents.toSorted(([a], [b]) => a.offset - b.offset)) {
    if (offset < end) refuse(`its entry "${name}" overlaps another one`);
    end = start + size;
    if (end > directory.offset) refuse(`its entry "${name}" has ${size} bytes, which end behind the entries`);
  }
  return new Map(contents.map(([{ name, size }, start]) => [name, bytes.subarray(start, start + size)]));
}

function directoryOf(view: DataView, refuse: Refuse): Directory {
  const last = view.byteLength - END;
  let at = last;
  while (at >= Math.max(0, last - LONGEST_COMMENT) && view.getUint32(at, true) !== CENTRAL_END) at--;
  if (at < Math.max(0, last - LONGEST_COMMENT))
    return refuse('its directory is missing, as in a file that was cut off');
  const short = { count: view.getUint16(at + 10, true), size: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true) }; // prettier-ignore
  const isLong = short.count === UNKNOWN_COUNT || short.size === UNKNOWN || short.offset === UNKNOWN;
  const directory = isLong ? longDirectory(view, at, refuse) : short;
  if (directory.offset + directory.size > at) return refuse('its directory lies outside of the file');
  if (directory.count > MOST_ENTRIES)
    return refuse(`it has ${directory.count} entries, and at most ${MOST_ENTRIES} are read`);
  return directory;
}

function longDirectory(view: DataView, end: number, refuse: Refuse): Directory {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_64) return refuse('its 64-bit directory is missing');
  const at = Number(view.getBigUint64(locator + 8, true));
  if (at > locator - 56 || view.getUint32(at, true) !== CENTRAL_END_64)
    return refuse('its 64-bit directory is missing');
  const [count, size, offset] = [32, 40, 48].map(place => Number(view.getBigUint64(at + place, true)));
  return { count, size, offset };
}

function entriesOf(view: DataView, { count, size, offset }: Directory, refuse: Refuse): readonly Entry[] {
  const entries = new Map<string, Entry>();
  let at = offset;
  for (let i = 0; i < count; i++) {
    if (at + 46 > offset + size || view.getUint32(at, true) !== CENTRAL_HEADER)
      return refuse(`its directory ends after ${i} of ${count} entries`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map(place => view.getUint16(at + place, true));
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > offset + size) return refuse(`its directory ends after ${i} of ${count} entries`);
    const entry = entryAt(view, at, refuse);
    if (entries.has(entry.name)) return refuse(`it has two entries "${entry.name}"`);
    entries.set(entry.name, entry);
    at = next;
  }
  return [...entries.values()];
}

function entryAt(view: DataView, at: number, refuse: Refuse): Entry {
  const nameLength = view.getUint16(at + 28, true);
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
  if (name.startsWith('/') || name.includes('\\') || name.includes('\0') || name.split('/').includes('..'))
    return refuse(`its entry "${name}" lies outside of the archive`);
  const [flags, method] = [8, 10].map(place => view.getUint16(at + place, true));
  if (flags & 1) return refuse(`its entry "${name}" is encrypted`);
  if (method !== 0) return refuse(`its entry "${name}" is compressed, and PyTorch compresses none`);
  const short = [24, 20, 42].map(place => view.getUint32(at + place, true));
  const long = longSizes(view, at + 46 + nameLength, view.getUint16(at + 30, true));
  const [size, packed, offset] = short.map(value => (value === UNKNOWN ? (long.shift() ?? value) : value));
  if (size !== packed) return refuse(`its entry "${name}" has two different sizes, ${size} and ${packed}`);
  return { name, size, offset };
}

/** The 64-bit sizes and offsets of an entry, for those that do not fit 32 bits. */
function longSizes(view: DataView, from: number, length: number): number[] {
  for (let at = from; at + 4 <= from + length;) {
    const [kind, size] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (kind === 1 && at + 4 + size <= from + length)
      return Array.from({ length: Math.floor(size / 8) }, (_, i) => Number(view.getBigUint64(at + 4 + 8 * i, true)));
    at += 4 + size;
  }
  return [];
}

/** First byte of the content of an entry. */
function startOf(view: DataView, { name, offset }: Entry, refuse: Refuse): number {
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== LOCAL_HEADER)
    return refuse(`its entry "${name}" is not where the directory says`);
  return offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
}
