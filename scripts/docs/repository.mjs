/** Files of this repository, by their paths from its root. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const readText = path => readFileSync(join(ROOT, path), 'utf8');

export const isThere = path => existsSync(join(ROOT, path));

/** Files directly in a folder with this ending, sorted. */
export function filesIn(folder, ending) {
  const names = readdirSync(join(ROOT, folder)).filter(name => name.endsWith(ending));
  return names.sort().map(name => `${folder}/${name}`);
}

export function foldersIn(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries
    .filter(entry => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`)
    .sort();
}
