import { damaged, type ZipFile } from './zip-file.js';

/** An entry by the directory of the archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly checksum: number;
  readonly compressed: number;
  readonly size: number;
  /** Position of the local header. */
  readonly header: number;
}

interface Directory {
  readonly start: number;
  readonly length: number;
  readonly entries: number;
}

/** Largest directory that is read: some hundred thousand names. */
const MOST_BYTES = 2 ** 25;
const END = 22;
const LONGEST_COMMENT = 0xffff;
const ENTRY = 46;

/** Entries of an archive by name. @throws CarlError INPUT_DATA if the directory is damaged or names an entry twice */
export async function readDirectory(zip: ZipFile): Promise<ReadonlyMap<string, ZipEntry>> {
  const { path, file } = zip;
  const { start, length, entries } = await findDirectory(zip);
  if (length > MOST_BYTES || start + length > file.size)
    throw damaged(path, `its directory at byte ${start} is said to have ${length} bytes`);
  const bytes = Buffer.from(await file.read({ start, length }));
  const found = new Map<string, ZipEntry>();
  for (let at = 0, i = 0; i < entries; i++) {
    if (at + ENTRY > length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw damaged(path, `entry ${i} of its directory, at byte ${start + at}, is damaged`);
    const next = at + ENTRY + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (next > length) throw damaged(path, `entry ${i} of its directory, at byte ${start + at}, is cut off`);
    const entry = entryOf(bytes.subarray(at, next));
    if (found.has(entry.name)) throw damaged(path, `it has two entries ${entry.name}`);
    found.set(entry.name, entry);
    at = next;
  }
  return found;
}

async function findDirectory({ path, file }: ZipFile): Promise<Directory> {
  const length = Math.min(file.size, END + LONGEST_COMMENT);
  const tail = Buffer.from(await file.read({ start: file.size - length, length }));
  for (let at = length - END; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50 || tail.readUInt16LE(at + 20) !== length - END - at) continue;
    const entries = tail.readUInt16LE(at + 10);
    const size = tail.readUInt32LE(at + 12);
    const start = tail.readUInt32LE(at + 16);
    if (entries < 0xffff && size < 0xffffffff && start < 0xffffffff) return { entries, length: size, start };
    return largeDirectory({ tail, at, path });
  }
  throw damaged(path, 'its end has no directory, so it is no zip archive or it is cut off');
}

/** Directory of an archive of the form zip64, whose record of the end must lie in the tail as NumPy writes it. */
function largeDirectory({ tail, at, path }: { tail: Buffer; at: number; path: string }): Directory {
  const record = at - 20 - 56;
  if (record < 0 || tail.readUInt32LE(at - 20) !== 0x07064b50 || tail.readUInt32LE(record) !== 0x06064b50)
    throw damaged(path, 'its zip64 directory is damaged');
  return {
    entries: Number(tail.readBigUInt64LE(record + 32)),
    length: Number(tail.readBigUInt64LE(record + 40)),
    start: Number(tail.readBigUInt64LE(record + 48)),
  };
}

function entryOf(bytes: Buffer): ZipEntry {
  const nameEnd = ENTRY + bytes.readUInt16LE(28);
  const extra = bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(30));
  const large = zip64Fields(extra);
  const field = (at: number): number => {
    const value = bytes.readUInt32LE(at);
    return value === 0xffffffff ? (large.shift() ?? value) : value;
  };
  const size = field(24);
  const compressed = field(20);
  return {
    name: bytes.subarray(ENTRY, nameEnd).toString('utf8'),
    method: bytes.readUInt16LE(10),
    encrypted: (bytes.readUInt16LE(8) & 1) === 1,
    checksum: bytes.readUInt32LE(16),
    ...{ size, compressed },
    header: field(42),
  };
}

/** 64-bit numbers of the extra field 1: size, compressed size, position; those that are needed, in this order. */
function zip64Fields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) break;
    if (extra.readUInt16LE(at) === 1)
      return Array.from({ length: (end - at - 4) >> 3 }, (_, i) => Number(extra.readBigUInt64LE(at + 4 + 8 * i)));
    at = end;
  }
  return [];
}
