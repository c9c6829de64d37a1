import { CarlError, type FilePart, type PartReader } from '@carl-ssl/core';
import { numberIn, paxRecords, textIn, isZero, checksumFits, type PaxRecords } from './tar-fields.js';

/** A regular file in an archive. */
export interface TarEntry {
  readonly name: string;
  /** Its content in the archive. */
  readonly part: FilePart;
}

const BLOCK = 512;
/** Longest name or PAX header that is read. */
const MOST_HEADER = 2 ** 20;

/** Types of entries, by the byte 156 of their header. */
const REGULAR = new Set(['0', '\0', '7']);
const LINKS: Readonly<Record<string, string>> = { 1: 'a hard link', 2: 'a symbolic link' };

/** One header with the extended headers before it. */
interface Header {
  readonly type: string;
  readonly name: string;
  readonly size: number;
  /** Position of the header. */
  readonly at: number;
}

/**
 * Lists the files of an archive in ustar, GNU or PAX format without reading their content.
 * @throws CarlError INPUT_DATA naming file and position: for damaged or cut archives, links and special files, and for
 * names that lead out of the archive
 */
export async function listTar(path: string, file: PartReader): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  let extended: PaxRecords = {};
  for (let at = 0; ;) {
    const header = await readHeader(path, file, at);
    if (!header) break;
    const { type, size } = header;
    const start = at + BLOCK;
    if (type === 'x' || type === 'L') {
      const content = await extendedContent(path, file, header);
      extended = { ...extended, ...(type === 'x' ? paxRecords(content) : { path: textIn(content, 0, size) }) };
    } else if (type !== 'g' && type !== 'K') {
      const length = extended.size ?? size;
      const entry = { name: extended.path ?? header.name, part: { start, length } };
      if (extended.sparse)
        throw refused(path, at, `"${entry.name}" is a sparse file, whose content is not in one piece`);
      if (isFile(path, { ...header, name: entry.name })) entries.push(entry);
      checkLength(path, file, { ...header, name: entry.name, size: length });
      extended = {};
      at = start + padded(length);
      continue;
    }
    checkLength(path, file, header);
    at = start + padded(size);
  }
  return entries;
}

async function readHeader(path: string, file: PartReader, at: number): Promise<Header | undefined> {
  if (at + BLOCK > file.size)
    throw damaged(path, at, 'the archive ends without its last block, so files may be missing');
  const block = await file.read({ start: at, length: BLOCK });
  if (isZero(block)) {
    await checkEnd(path, file, at);
    return undefined;
  }
  if (!checksumFits(block)) throw damaged(path, at, 'the checksum of the header is wrong, or it is no tar archive');
  const size = numberIn(block, 124, 12);
  if (size === undefined) throw damaged(path, at, 'the header has no valid size');
  const name = textIn(block, 0, 100);
  const prefix = textIn(block, 257, 6).startsWith('ustar') && block[262] === 0 ? textIn(block, 345, 155) : '';
  return { type: String.fromCharCode(block[156]), name: prefix ? `${prefix}/${name}` : name, size, at };
}

/** Only zeros may follow the end; archives that were concatenated would lose their second part. */
async function checkEnd(path: string, file: PartReader, end: number): Promise<void> {
  for (let at = end; at < file.size; at += 2 ** 16) {
    const rest = await file.read({ start: at, length: Math.min(2 ** 16, file.size - at) });
    if (!isZero(rest)) throw damaged(path, at, 'something follows the end of the archive; were two archives joined?');
  }
}

async function extendedContent(path: string, file: PartReader, { size, at }: Header): Promise<Uint8Array> {
  if (size > MOST_HEADER) throw damaged(path, at, `an extended header has ${size} bytes`);
  return file.read({ start: at + BLOCK, length: size });
}

/** False for folders. @throws CarlError for entries that are neither files nor folders, and for names outside */
function isFile(path: string, { type, name, at }: Header): boolean {
  if (type === '5') return false;
  if (type in LINKS) throw refused(path, at, `"${name}" is ${LINKS[type]}; archives must hold the files themselves`);
  if (!REGULAR.has(type)) throw refused(path, at, `"${name}" is an entry of type "${type}", not a regular file`);
  const outside = name.startsWith('/') || /^[a-z]:/i.test(name) || name.split(/[/\\]/).includes('..');
  if (outside) throw refused(path, at, `the name "${name}" leads out of the archive`);
  return !name.endsWith('/');
}

function checkLength(path: string, file: PartReader, { name, size, at }: Header): void {
  if (at + BLOCK + size <= file.size) return;
  throw damaged(path, at, `"${name}" has ${size} bytes and the archive ends at byte ${file.size}`);
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

function damaged(path: string, at: number, problem: string): CarlError {
  return new CarlError('INPUT_DATA', `${path} is damaged at byte ${at}: ${problem}. Copy or download it again.`);
}

function refused(path: string, at: number, problem: string): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${path} is refused at byte ${at}: ${problem}. Write the archive again without it.`,
  );
}
