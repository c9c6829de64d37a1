import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, sep } from 'node:path';
import { readRegular } from '../files/regular-file.js';

/** Suffixes of program files. Source maps, types and build information are not executed. */
const PROGRAM = new Set(['.js', '.mjs', '.cjs', '.wasm', '.node']);

/** SHA-256 of a plugin's program: of one file, or of the names and contents of all program files in the folder of its entry. */
export async function integrityOf(entry: string, alone: boolean): Promise<string> {
  const hash = createHash('sha256');
  const folder = dirname(entry);
  for (const name of alone ? [basename(entry)] : await programFiles(folder)) {
    const content = await readRegular(join(folder, name));
    hash.update(`${name.replaceAll(sep, '/')} ${content.length}\n`).update(content);
  }
  return `sha256-${hash.digest('base64')}`;
}

async function programFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter(name => PROGRAM.has(extname(name)) && !name.split(sep).includes('node_modules'))
    .sort((a, b) => (a < b ? -1 : 1));
}
