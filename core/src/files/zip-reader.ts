import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import type { PartReader } from './file-parts.js';
import { readDirectory, type Refuse, type ZipDirectory, type ZipEntry } from './zip-directory.js';
import { LOCAL_HEADER } from './zip-format.js';

/** How an archive is read. */
export interface ZipReading {
  readonly refuse: Refuse;
  /** Called before memory is taken for the content of an entry, to refuse what the format does not allow. */
  readonly check: (entry: ZipEntry) => void;
  /** Whether the content must have the checksum of the directory. */
  readonly checksums: boolean;
}

/** A ZIP archive of which single entries are read. */
export interface ZipArchive {
  /** Names of the entries. */
  readonly names: readonly string[];
  /** Content of an entry. */
  read(name: string): Promise<Uint8Array>;
}

interface LocatedEntry extends ZipEntry {
  /** Position of the first byte of the content. */
  readonly start: number;
}

/** Bytes of a local header without its name. */
const HEADER = 30;
const STORED = 0;
const DEFLATED = 8;
/** Deflate cannot compress better than 1032 to 1. */
const MOST_RATIO = 1032;

/**
 * Opens a ZIP archive, of which the directory and the headers of the entries are read. Overlapping entries are refused now, and
 * encrypted entries and those that claim more than they can hold when they are read.
 */
export async function openZip(file: PartReader, reading: ZipReading): Promise<ZipArchive> {
  const entries = await locatedEntries(file, reading.refuse);
  return {
    names: [...entries.keys()],
    read: name => {
      const entry = entries.get(name);
      if (!entry) throw new RangeError(`no entry ${name}`);
      return readEntry(file, entry, reading);
    },
  };
}

async function locatedEntries(file: PartReader, refuse: Refuse): Promise<ReadonlyMap<string, LocatedEntry>> {
  const directory = await readDirectory(file, refuse);
  const located = new Map<string, LocatedEntry>();
  for (const entry of directory.entries)
    located.set(entry.name, { ...entry, start: await startOf(file, entry, { directory, refuse }) });
  let end = 0;
  for (const { name, header, start, packed } of [...located.values()].sort((a, b) => a.header - b.header)) {
    if (header < end) refuse(`its entry "${name}" overlaps another one`);
    end = start + packed;
    if (end > directory.start) refuse(`its entry "${name}" has ${packed} bytes, which end behind the entries`);
  }
  return located;
}

async function startOf(
  file: PartReader,
  { name, header, method, size, packed }: ZipEntry,
  { directory, refuse }: { readonly directory: ZipDirectory; readonly refuse: Refuse },
): Promise<number> {
  if (method === STORED && size !== packed)
    return refuse(`its entry "${name}" has two different sizes, ${size} and ${packed}`);
  const misplaced = `its entry "${name}" is not where the directory says`;
  if (header + HEADER > directory.start) return refuse(misplaced);
  const bytes = Buffer.from(await file.read({ start: header, length: HEADER }));
  if (bytes.readUInt32LE(0) !== LOCAL_HEADER) return refuse(misplaced);
  return header + HEADER + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
}

async function readEntry(file: PartReader, entry: LocatedEntry, reading: ZipReading): Promise<Uint8Array> {
  const { name, start, packed, size, method, checksum } = entry;
  const { refuse, check, checksums } = reading;
  check(entry);
  checkMethod(entry, refuse);
  const stored = await file.read({ start, length: packed });
  const content = method === STORED ? stored : await inflate(stored, entry, refuse);
  if (content.length !== size)
    return refuse(`its entry "${name}" has ${content.length} bytes, and its directory says ${size}`);
  if (checksums && crc32(content) !== checksum)
    return refuse(`the content of its entry "${name}", from byte ${start}, does not match its checksum`);
  return content;
}

function checkMethod({ name, method, isEncrypted, size, packed }: ZipEntry, refuse: Refuse): void {
  if (isEncrypted) refuse(`its entry "${name}" is encrypted`);
  if (method !== STORED && method !== DEFLATED)
    refuse(`its entry "${name}" is compressed by method ${method}, and only stored and deflated entries are read`);
  if (method === DEFLATED && size > MOST_RATIO * (packed + 1))
    refuse(`its entry "${name}" is said to expand from ${packed} to ${size} bytes, which deflate cannot do`);
}

async function inflate(stored: Uint8Array, { name, size }: ZipEntry, refuse: Refuse): Promise<Uint8Array> {
  try {
    return await promisify(inflateRaw)(stored, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    return refuse(`its entry "${name}" cannot be decompressed (${(error as Error).message})`, error);
  }
}
