import { CarlError, unreadable, type LeftOutFile } from '@carl-ssl/core';
import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { suffixOf } from './decode.js';
import { isJunk, JUNK_REASON } from './junk.js';

/** Ways in which a folder may be reached by links. */
const MOST_VISITS = 100;

/** Rules for which files are images. */
export interface ListRules {
  /** Suffixes in lower case, without the dot. */
  readonly extensions: readonly string[];
  /** Whether links may lead out of the folder that is listed. */
  readonly followLinks: boolean;
  /** With `skip`, links to files that do not exist count as images, which cannot be decoded. */
  readonly onCorrupt?: 'error' | 'skip';
}

/** Files below a folder as paths relative to it, with `/` between parts. */
export interface Listing {
  readonly images: readonly string[];
  readonly leftOut: readonly LeftOutFile[];
}

/** A folder during the descent, with the real paths of the first folder, of those between, and of itself. */
interface Place {
  readonly path: string;
  readonly chain: readonly string[];
}

/** Kind of an entry of a folder after links are resolved, and its real path. */
interface Found {
  readonly kind: 'folder' | 'image' | 'file' | 'other';
  readonly real: string;
}

/** Counts the visits to a folder by its real path. @throws CarlError INPUT_DATA if links lead to it too often */
function visit(visits: Map<string, number>, real: string, path: string): void {
  const count = (visits.get(real) ?? 0) + 1;
  visits.set(real, count);
  if (count <= MOST_VISITS) return;
  const message = `${path} is reached by links in more than ${MOST_VISITS} ways, and its images would count as often.`;
  throw new CarlError('INPUT_DATA', `${message} Remove the links.`);
}

/**
 * Lists the images below a folder: folder by folder in the order of their paths, by name in each. Names that begin with
 * a dot are skipped, and so are the files and folders of {@link isJunk}; these and other files are listed as left out.
 * @throws CarlError INPUT_FILE for unreadable folders, INPUT_DATA for named pipes and devices under the name of an image, and
 * for links that leave the folder, are broken or form a cycle
 */
export async function listImages(folder: string, rules: ListRules): Promise<Listing> {
  const listed: { folder: string; names: string[] }[] = [];
  const leftOut: LeftOutFile[] = [];
  const visits = new Map<string, number>();
  const walk = async ({ path, chain }: Place): Promise<void> => {
    const names: string[] = [];
    const within = relative(folder, path).split(sep).join('/');
    for (const entry of await entriesOf(path)) {
      if (isJunk(entry.name)) leftOut.push({ file: joined(within, entry.name), reason: JUNK_REASON });
      if (!isVisible(entry)) continue;
      const { kind, real } = await identify(entry, { path, chain }, rules);
      if (kind === 'image') names.push(entry.name);
      if (kind === 'file') leftOut.push({ file: joined(within, entry.name), reason: suffixReason(entry.name) });
      if (kind === 'other') leftOut.push({ file: joined(within, entry.name), reason: 'not a regular file' });
      if (kind !== 'folder') continue;
      const inner = join(path, entry.name);
      visit(visits, real, inner);
      await walk({ path: inner, chain: [...chain, real] });
    }
    listed.push({ folder: within, names: names.sort() });
  };
  await walk({ path: folder, chain: [await realFolder(folder)] });
  listed.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  return { images: listed.flatMap(({ folder: at, names }) => names.map(name => joined(at, name))), leftOut };
}

const joined = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

function suffixReason(name: string): string {
  const suffix = suffixOf(name);
  return suffix === '' ? 'no suffix' : `suffix .${suffix}`;
}

/** Names of the folders in a folder, links to folders among them, sorted. @throws CarlError INPUT_FILE */
export async function listFolders(folder: string): Promise<string[]> {
  const isFolder = async (entry: Dirent): Promise<boolean> => {
    if (!entry.isSymbolicLink()) return entry.isDirectory();
    return (await stat(join(folder, entry.name)).catch(() => undefined))?.isDirectory() ?? false;
  };
  const entries = await visibleEntries(folder);
  const flags = await Promise.all(entries.map(isFolder));
  return entries.flatMap((entry, i) => (flags[i] ? [entry.name] : [])).sort();
}

/** Names of the files in a folder, sorted. @throws CarlError INPUT_FILE */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await visibleEntries(folder);
  return entries.flatMap(entry => (entry.isFile() ? [entry.name] : [])).sort();
}

async function visibleEntries(folder: string): Promise<Dirent[]> {
  return (await entriesOf(folder)).filter(isVisible);
}

function isVisible({ name }: Dirent): boolean {
  return !name.startsWith('.') && !isJunk(name);
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error as NodeJS.ErrnoException);
  }
}

async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    throw unreadable(folder, error as NodeJS.ErrnoException);
  }
}

async function identify(entry: Dirent, parent: Place, rules: ListRules): Promise<Found> {
  const named = rules.extensions.includes(suffixOf(entry.name));
  const path = join(parent.path, entry.name);
  if (entry.name.includes(NOT_UTF8) && (named || entry.isDirectory())) await refuseUnreadableName(path);
  if (!entry.isSymbolicLink()) {
    const kind = kindOf(entry, named);
    if (kind === 'other' && named) throw special(path);
    return { kind, real: join(parent.chain.at(-1)!, entry.name) };
  }
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined && named && rules.onCorrupt !== 'skip')
    throw badLink(path, 'to a file that does not exist', 'Remove it, restore the file, or set `onCorrupt: skip`.');
  if (real === undefined) return { kind: named ? 'image' : 'other', real: path };
  const kind = kindOf(await stat(real), named);
  if (kind === 'other' && named) throw special(path);
  if (kind === 'folder' || kind === 'image') checkLink(path, real, { parent, rules });
  return { kind, real };
}

function kindOf(entry: Dirent | Stats, named: boolean): Found['kind'] {
  if (entry.isDirectory()) return 'folder';
  if (!entry.isFile()) return 'other';
  return named ? 'image' : 'file';
}

function checkLink(
  path: string,
  real: string,
  { parent, rules }: { readonly parent: Place; readonly rules: ListRules },
): void {
  const fromStart = relative(parent.chain[0], real);
  const outside = fromStart === '..' || fromStart.startsWith(`..${sep}`) || isAbsolute(fromStart);
  if (outside && !rules.followLinks)
    throw badLink(path, `that leaves ${parent.chain[0]}`, 'Move the files there, or set `followLinks: true`.');
  if (parent.chain.includes(real)) throw badLink(path, 'to a folder that contains it', 'Remove it.');
}

/** Stands for bytes of a file name that are not UTF-8. */
const NOT_UTF8 = '\uFFFD';

/** @throws CarlError INPUT_DATA if no file has the name as it was decoded */
async function refuseUnreadableName(path: string): Promise<void> {
  if ((await lstat(path).catch(() => undefined)) !== undefined) return;
  throw new CarlError('INPUT_DATA', `${path} has a name that is not UTF-8, so it cannot be read. Rename it.`);
}

function special(path: string): CarlError {
  return new CarlError('INPUT_DATA', `${path} is not a regular file, such as a named pipe or a device. Remove it.`);
}

function badLink(path: string, problem: string, remedy: string): CarlError {
  return new CarlError('INPUT_DATA', `${path} is a link ${problem}. ${remedy}`);
}
