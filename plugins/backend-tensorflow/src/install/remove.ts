import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backendFolder, downloadFolder, type Variant } from '../cache.js';
import { folderBytes } from './folder-size.js';
import { locked } from './lock.js';

/** Deletes all installations of a variant, those of earlier versions included, and the downloads. Returns the bytes freed. */
export async function remove(variant: Variant, report: (line: string) => void): Promise<number> {
  const folder = backendFolder();
  const all = await readdir(folder).catch(() => []);
  const installations = all.filter(name => name.startsWith(`${variant}-`)).map(name => join(folder, name));
  const doomed = [...installations, downloadFolder()];
  const sizes = await Promise.all(doomed.map(folderBytes));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes === 0) return 0;
  const onWait = () => report('Another installation is in progress. Waiting for it.');
  await locked(join(folder, 'lock'), onWait, async () => {
    for (const one of doomed) await rm(one, { recursive: true, force: true });
  });
  return bytes;
}
