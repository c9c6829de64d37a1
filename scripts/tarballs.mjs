import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** npm as a program for this Node.js: npm's file on Windows is a shell script. */
export function npm() {
  const file = process.env.npm_execpath;
  if (!file) throw new Error('Run this by `npm run`, which says where npm is.');
  return [process.execPath, file];
}

/** Folders of the public packages. */
export function packageFolders() {
  return ['cli', 'core', ...readdirSync(join(ROOT, 'plugins')).map(name => `plugins/${name}`)];
}

/** Packs packages into a folder as npm would publish them; removes earlier tarballs there. Returns the paths of the tarballs. */
export function packAll(folder, folders = packageFolders()) {
  mkdirSync(folder, { recursive: true });
  const tarballs = () => readdirSync(folder).filter(name => /^carl-ssl-.*\.tgz$/.test(name));
  for (const name of tarballs()) rmSync(join(folder, name));
  const [node, ...args] = npm();
  const workspaces = folders.flatMap(name => ['-w', name]);
  const packing = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...workspaces];
  execFileSync(node, [...args, ...packing], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  return tarballs().map(name => join(folder, name));
}
