import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backendFolder } from '../cache.js';
import { folderBytes } from './folder-size.js';
import { locked } from './lock.js';

/** Removes all installations of this backend and their downloads. Returns the freed space in bytes. */
export async function remove(report: (line: string) => void = () => {}): Promise<number> {
  const bytes = await folderBytes(backendFolder());
  if (bytes === 0) return 0;
  const onWait = () => report('An installation is in progress; waiting for it to finish.');
  return locked(join(backendFolder(), 'lock'), onWait, async () => {
    await rm(backendFolder(), { recursive: true, force: true });
    return bytes;
  });
}
