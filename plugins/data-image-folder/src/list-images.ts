import { CarlError, unreadable } from '@carl-ssl/core';
import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';

/** Which files count as images. */
export interface ListRules {
  /** Endings in small letters, without the dot. */
  readonly extensions: readonly string[];
  /** Whether links may lead out of the folder that is listed. */
  readonly followLinks: boolean;
}

/** A folder on the way down, with the real places of the first folder, of those between, and of itself. */
interface Place {
  readonly path: string;
  readonly chain: readonly string[];
}

/** What an entry of a folder is in the end, and where it really is. */
interface Found {
  readonly kind: 'folder' | 'image' | 'other';
  readonly real: string;
}

/**
 * Images below a folder as paths relative to it, with `/` between parts: folder by folder in the order of their paths,
 * in each by name. Names that begin with a dot are skipped.
 * @throws CarlError INPUT_FILE for what cannot be read, INPUT_DATA for links out of the folder, to nothing or in circles
 */
export async function listImages(folder: string, rules: ListRules): Promise<string[]> {
  const listed: { folder: string; names: string[] }[] = [];
  const walk = async ({ path, chain }: Place): Promise<void> => {
    const names: string[] = [];
    for (const entry of await visibleEntries(path)) {
      const { kind, real } = await identify(entry, { path, chain }, rules);
      if (kind === 'image') names.push(entry.name);
      if (kind === 'folder') await walk({ path: join(path, entry.name), chain: [...chain, real] });
    }
    listed.push({ folder: relative(folder, path).split(sep).join('/'), names: names.sort() });
  };
  await walk({ path: folder, chain: [await realFolder(folder)] });
  listed.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  return listed.flatMap(({ folder, names }) => names.map(name => (folder === '' ? name : `${folder}/${name}`)));
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

async function visibleEntries(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).filter(entry => !entry.name.startsWith('.'));
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
  const named = rules.extensions.includes(extname(entry.name).slice(1).toLowerCase());
  if (!entry.isSymbolicLink()) return { kind: kindOf(entry, named), real: join(parent.chain.at(-1)!, entry.name) };
  const path = join(parent.path, entry.name);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined && named)
    throw badLink(path, 'to a file that does not exist', 'Remove it, or bring the file back.');
  if (real === undefined) return { kind: 'other', real: path };
  const kind = kindOf(await stat(real), named);
  if (kind !== 'other') checkLink(path, { kind, real }, parent, rules);
  return { kind, real };
}

function kindOf(entry: Dirent | Stats, named: boolean): Found['kind'] {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() && named ? 'image' : 'other';
}

function checkLink(path: string, { real }: Found, parent: Place, { followLinks }: ListRules): void {
  const fromStart = relative(parent.chain[0], real);
  const outside = fromStart === '..' || fromStart.startsWith(`..${sep}`) || isAbsolute(fromStart);
  if (outside && !followLinks)
    throw badLink(path, `that leaves ${parent.chain[0]}`, 'Put the files there, or set `followLinks: true`.');
  if (parent.chain.includes(real)) throw badLink(path, 'to a folder that it lies in', 'Remove it.');
}

function badLink(path: string, problem: string, remedy: string): CarlError {
  return new CarlError('INPUT_DATA', `${path} is a link ${problem}. ${remedy}`);
}
