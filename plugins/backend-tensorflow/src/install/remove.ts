import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backendFolder } from '../cache.js';
import { folderBytes } from './folder-size.js';
import { locked } from './lock.js';

/** Removes every installation of this backend and what was downloaded for them; returns the bytes that were freed. */
export async function remove(report: (line: string) => void = () => {}): Promise<number> {
  const bytes = await folderBytes(backendFolder());
  if (bytes === 0) return 0;
  const onWait = () => report('An installation is under way; waiting for it.');
  return locked(join(backendFolder(), 'lock'), onWait, async () => {
    await rm(backendFolder(), { recursive: true, force: true });
    return bytes;
  });
}
