import type { PartReader } from './file-parts.js';
import { CENTRAL_END, CENTRAL_END_64, CENTRAL_HEADER, LOCATOR_64, UNKNOWN } from './zip-format.js';

/** Ends reading with an error about the problem. */
export type Refuse = (problem: string, cause?: unknown) => never;

/** An entry by the directory of the archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  /** CRC-32 of the content. */
  readonly checksum: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Position of the local header. */
  readonly header: number;
}

/** The directory of an archive. */
export interface ZipDirectory {
  /** Its position, behind the entries. */
  readonly start: number;
  readonly entries: readonly ZipEntry[];
}

interface Place {
  readonly count: number;
  readonly length: number;
  readonly start: number;
}

const UNKNOWN_COUNT = 0xffff;
/** Bytes of the end of the directory, and the longest comment behind it. */
const END = 22;
const LONGEST_COMMENT = 0xffff;
/** Bytes of the record with the 64-bit numbers, and of the locator between it and the end. */
const END_64 = 56;
const LOCATOR = 20;
/** Bytes of an entry without its name. */
const ENTRY = 46;
const MOST_ENTRIES = 100_000;
const MOST_BYTES = 2 ** 25;

/** Reads the directory of an archive, in which each name is there once. */
export async function readDirectory(file: PartReader, refuse: Refuse): Promise<ZipDirectory> {
  const { count, length, start } = await findDirectory(file, refuse);
  if (count > MOST_ENTRIES) return refuse(`it has ${count} entries, and at most ${MOST_ENTRIES} are read`);
  if (length > MOST_BYTES) return refuse(`its directory has ${length} bytes, and at most ${MOST_BYTES} are read`);
  const bytes = Buffer.from(await file.read({ start, length }));
  const entries = new Map<string, ZipEntry>();
  for (let at = 0, i = 0; i < count; i++) {
    if (at + ENTRY > length || bytes.readUInt32LE(at) !== CENTRAL_HEADER)
      return refuse(`its directory ends after ${i} of ${count} entries`);
    const next = at + ENTRY + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (next > length) return refuse(`its directory ends after ${i} of ${count} entries`);
    const entry = entryOf(bytes.subarray(at, next));
    if (entries.has(entry.name)) return refuse(`it has two entries "${entry.name}"`);
    entries.set(entry.name, entry);
    at = next;
  }
  return { start, entries: [...entries.values()] };
}

async function findDirectory(file: PartReader, refuse: Refuse): Promise<Place> {
  const length = Math.min(file.size, END + LONGEST_COMMENT);
  const from = file.size - length;
  const tail = Buffer.from(await file.read({ start: from, length }));
  let at = length - END;
  while (at >= 0 && !(tail.readUInt32LE(at) === CENTRAL_END && tail.readUInt16LE(at + 20) === length - END - at)) at--;
  if (at < 0) return refuse('its directory is missing, as in a file that was cut off or is no ZIP archive');
  const short = { count: tail.readUInt16LE(at + 10), length: tail.readUInt32LE(at + 12), start: tail.readUInt32LE(at + 16) }; // prettier-ignore
  const isLong = short.count === UNKNOWN_COUNT || short.length === UNKNOWN || short.start === UNKNOWN;
  const place = isLong ? await longPlace(file, from + at, refuse) : short;
  return place.start + place.length <= from + at ? place : refuse('its directory lies outside of the file');
}

/** The place of a directory whose numbers have 64 bits. */
async function longPlace(file: PartReader, end: number, refuse: Refuse): Promise<Place> {
  const missing = 'its 64-bit directory is missing';
  const locator = end - LOCATOR;
  if (locator < END_64) return refuse(missing);
  const pointer = Buffer.from(await file.read({ start: locator, length: LOCATOR }));
  const start = Number(pointer.readBigUInt64LE(8));
  if (pointer.readUInt32LE(0) !== LOCATOR_64 || start > locator - END_64) return refuse(missing);
  const record = Buffer.from(await file.read({ start, length: END_64 }));
  if (record.readUInt32LE(0) !== CENTRAL_END_64) return refuse(missing);
  const [count, length, first] = [32, 40, 48].map(at => Number(record.readBigUInt64LE(at)));
  return { count, length, start: first };
}

function entryOf(bytes: Buffer): ZipEntry {
  const nameEnd = ENTRY + bytes.readUInt16LE(28);
  const long = longNumbers(bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(30)));
  const short = [24, 20, 42].map(at => bytes.readUInt32LE(at));
  const [size, packed, header] = short.map(value => (value === UNKNOWN ? (long.shift() ?? value) : value));
  return {
    name: bytes.toString('utf8', ENTRY, nameEnd),
    method: bytes.readUInt16LE(10),
    isEncrypted: (bytes.readUInt16LE(8) & 1) === 1,
    checksum: bytes.readUInt32LE(16),
    ...{ size, packed, header },
  };
}

/** The 64-bit size, packed size and position of an entry in its additional fields, of which only those that do not fit 32 bits are there. */
function longNumbers(fields: Buffer): number[] {
  for (let at = 0; at + 4 <= fields.length;) {
    const end = at + 4 + fields.readUInt16LE(at + 2);
    if (end > fields.length) break;
    if (fields.readUInt16LE(at) === 1)
      return Array.from({ length: (end - at - 4) >> 3 }, (_, i) => Number(fields.readBigUInt64LE(at + 4 + 8 * i)));
    at = end;
  }
  return [];
}
