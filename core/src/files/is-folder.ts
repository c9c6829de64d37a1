import { existsSync, statSync } from 'node:fs';

/** True for a folder or a link to one; false if the path cannot be reached. */
export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
