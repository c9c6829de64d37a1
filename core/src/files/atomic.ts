import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CarlError } from '../errors/carl-error.js';

/** Files and folders that are either there as a whole or not at all, also after a crash or a power cut. */

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space or write to another disk.',
  EDQUOT: 'Your disk quota is used up: delete files or write to another disk.',
  EFBIG: 'The file is larger than the system allows: raise the limit (ulimit -f) or write to another disk.',
  EACCES: 'You may not write there: change the permissions of the folder or choose another one.',
  EPERM: 'You may not write there: change the permissions of the folder or choose another one.',
  EROFS: 'That disk is read-only: choose a folder on another one.',
  ENOENT: 'The folder it belongs into does not exist: create it first.',
  ENOTDIR: 'A part of its path is a file, not a folder: choose another path.',
  EEXIST: 'Something of that name is already there: choose another name.',
  ENOTEMPTY: 'Something of that name is already there: choose another name.',
  EISDIR: 'There is a folder of that name: move it away or choose another name.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
};

/** Where the folder exists and the file system does not know the new name. */
const NO_FOLDERS = 'Nothing can be created in that folder: choose another one.';

/** `.name.<random>.tmp` is being written, `.name.<random>.old` is being replaced. */
const leftover = /^\.(?<name>.+)\.[0-9a-f]{12}\.(?<kind>tmp|old)$/;

/**
 * Writes a file: a temporary one beside it is flushed to the disk and then takes its name.
 * @throws CarlError DISK; the file is then as it was before
 */
export async function writeAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = besidePath(path, 'tmp');
  await orDiskError(path, async () => {
    try {
      await writeFlushed(temporary, content);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await flushFolder(dirname(path));
  });
}

/**
 * Writes a folder of files: a temporary folder beside it is filled, flushed to the disk and then takes its name.
 * @param files file name (no folders) -> content
 * @param ifThere whether a folder that is already there is replaced as a whole, or is an error
 * @throws CarlError DISK; the folder is then as it was before
 */
export async function writeFolderAtomic(
  path: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  ifThere: 'replace' | 'refuse' = 'replace',
): Promise<void> {
  const temporary = besidePath(path, 'tmp');
  await orDiskError(path, async () => {
    try {
      await mkdir(temporary);
      for (const [name, content] of Object.entries(files)) await writeFlushed(join(temporary, basename(name)), content);
      await flushFolder(temporary);
      await (ifThere === 'replace' ? replaceFolder(temporary, path) : rename(temporary, path));
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
    await flushFolder(dirname(path));
  });
}

/**
 * Puts a folder in order after a process was killed while it wrote there: half-written files and folders go, and a
 * folder that was about to be replaced comes back. Not while another process writes there.
 * @throws CarlError DISK
 */
export async function clearLeftovers(folder: string): Promise<void> {
  await orDiskError(folder, async () => {
    for (const entry of await readdir(folder)) {
      const { name, kind } = leftover.exec(entry)?.groups ?? {};
      if (name === undefined) continue;
      const path = join(folder, entry);
      if (kind === 'old' && !existsSync(join(folder, name))) await rename(path, join(folder, name));
      else await rm(path, { recursive: true, force: true });
    }
  });
}

function fileInTheWay(path: string, file: string): CarlError {
  const cause = Object.assign(new Error(`${file} is a file`), { code: 'ENOTDIR' });
  const name = file === resolve(path) ? 'this' : file;
  return new CarlError(
    'INPUT_ARGUMENT',
    `Cannot write ${path}: ${name} is a file, not a folder: choose another path.`,
    { cause },
  );
}

/**
 * Creates a folder and those that it lies in, as far as they do not exist. (Node.js' own way never returns below folders in
 * which none can be created, such as /proc.)
 * @throws CarlError DISK; INPUT_ARGUMENT if a file is in the way
 */
export async function makeFolders(path: string): Promise<void> {
  await orDiskError(path, async () => {
    const missing: string[] = [];
    let folder = resolve(path);
    for (; !existsSync(folder) && folder !== dirname(folder); folder = dirname(folder)) missing.unshift(folder);
    if (existsSync(folder) && !(await stat(folder)).isDirectory()) throw fileInTheWay(path, folder);
    for (const one of missing) await orDiskError(one, () => mkdir(one).then(undefined, ignoreExisting));
    if (!(await stat(path)).isDirectory()) throw Object.assign(new Error('it is no folder'), { code: 'ENOTDIR' });
  });
}

/** Another process may create the same folder. */
function ignoreExisting(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}

/** Runs file system calls; their failures become CarlErrors that name the path and what to do. @throws CarlError DISK */
export async function orDiskError<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || CarlError.is(error)) throw error;
    const refused = code === 'ENOENT' && existsSync(dirname(resolve(path)));
    const remedy = refused ? NO_FOLDERS : (REMEDIES[code] ?? 'Check the disk and the folder.');
    // Without the system call and its path, which may be that of a temporary file.
    const reason = message.replace(/, \w+(?: '.*)?$/s, '');
    throw new CarlError('DISK', `Cannot write ${path} (${reason}). ${remedy}`, { cause: error });
  }
}

function besidePath(path: string, kind: 'tmp' | 'old'): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.${kind}`);
}

async function writeFlushed(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename lasts only once its folder is flushed. Windows and some network disks cannot, and need not. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await folder.close();
  }
}

/** A folder cannot be renamed over one that has files, so the old one steps aside first and comes back on failure. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const aside = besidePath(to, 'old');
  const replaced = await rename(to, aside).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(from, to);
  } catch (error) {
    if (replaced) await rename(aside, to);
    throw error;
  }
  if (replaced) await rm(aside, { recursive: true, force: true });
}
