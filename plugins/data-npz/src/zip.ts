import { CarlError } from '@carl-ssl/core';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { readDirectory, type ZipEntry } from './zip-directory.js';
import { damaged, type ZipFile } from './zip-file.js';

/** A zip archive of which single entries are read. */
export interface ZipArchive {
  /** Names of the entries. */
  readonly names: readonly string[];
  /** Reads and decompresses an entry. @throws CarlError INPUT_FILE, INPUT_DATA */
  read(name: string): Promise<Uint8Array>;
}

/** Deflate cannot compress better than 1032 to 1. */
const MOST_RATIO = 1032;
const LOCAL_HEADER = 30;

/** Reads the directory of an archive. @throws CarlError INPUT_FILE, INPUT_DATA */
export async function openZip(zip: ZipFile): Promise<ZipArchive> {
  const entries = await readDirectory(zip);
  return {
    names: [...entries.keys()],
    read: name => {
      const entry = entries.get(name);
      if (!entry) throw new RangeError(`no entry ${name}`);
      return readEntry(zip, entry);
    },
  };
}

async function readEntry(zip: ZipFile, entry: ZipEntry): Promise<Uint8Array> {
  checkEntry(zip, entry);
  const { file, path } = zip;
  const header = await file.read({ start: entry.header, length: LOCAL_HEADER });
  const view = new DataView(header.buffer, header.byteOffset);
  if (view.getUint32(0, true) !== 0x04034b50)
    throw damaged(path, `${entry.name} has no header at byte ${entry.header}`);
  const start = entry.header + LOCAL_HEADER + view.getUint16(26, true) + view.getUint16(28, true);
  const stored = await file.read({ start, length: entry.compressed });
  const content = entry.method === 0 ? stored : await inflate(zip, entry, stored);
  if (content.length !== entry.size)
    throw damaged(path, `${entry.name} has ${content.length} bytes and its directory says ${entry.size}`);
  if (crc32(content) !== entry.checksum)
    throw damaged(path, `the content of ${entry.name}, from byte ${start}, does not match its checksum`);
  return content;
}

function checkEntry({ path, most, file }: ZipFile, { name, size, compressed, method, encrypted }: ZipEntry): void {
  if (encrypted) throw damaged(path, `${name} is encrypted`);
  if (method !== 0 && method !== 8)
    throw damaged(path, `${name} is compressed by method ${method}, and only stored and deflated entries are read`);
  if (compressed > file.size)
    throw damaged(path, `${name} is said to take ${compressed} bytes and the file has ${file.size}`);
  if (size > most)
    throw new CarlError(
      'INPUT_DATA',
      `${path} has the array ${name} of ${size} bytes, and \`maxMegabytes\` allows ${most}. Raise \`maxMegabytes\` if the memory suffices, or store the images as files.`,
    );
  if (method === 8 && size > MOST_RATIO * (compressed + 1))
    throw damaged(path, `${name} is said to expand from ${compressed} to ${size} bytes, which deflate cannot do`);
}

async function inflate({ path }: ZipFile, { name, size }: ZipEntry, stored: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(inflateRaw)(stored, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw damaged(path, `${name} cannot be decompressed (${(error as Error).message})`, error);
  }
}
