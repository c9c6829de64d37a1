import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const { packAll } = (await import('../../scripts/tarballs.mjs' as string)) as {
  packAll: (folder: string, folders?: readonly string[]) => readonly string[];
};

/** npm, also where the tests are not started by it: it lies beside Node.js. */
function findNpm(): string {
  const own = createRequire(join(dirname(process.execPath), '../lib/node_modules/npm/package.json'));
  return own.resolve('./bin/npm-cli.js');
}

/**
 * Installs packages of this repository from their tarballs, without the registry: the tarballs are unpacked, and packages of
 * others are links to those of the repository.
 */
export function installPacked(folder: string, folders: readonly string[]): void {
  process.env.npm_execpath ??= findNpm();
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@carl-ssl'), { recursive: true });
  linkModules(ROOT, folder);
  for (const tarball of packAll(join(folder, 'tarballs'), folders)) {
    const target = join(modules, '@carl-ssl', basename(tarball).replace(/^carl-ssl-(.*)-\d+\.\d+\.\d+\.tgz$/, '$1'));
    mkdirSync(target);
    execFileSync('tar', ['xzf', tarball, '-C', target, '--strip-components=1']);
    const own = folders.find(name => basename(name) === basename(target))!;
    if (existsSync(join(ROOT, own, 'node_modules'))) linkModules(join(ROOT, own), target);
  }
}

/** Links the packages of others that are installed in a folder into another one. */
function linkModules(from: string, to: string): void {
  mkdirSync(join(to, 'node_modules'), { recursive: true });
  for (const name of readdirSync(join(from, 'node_modules')))
    if (!name.startsWith('.') && name !== '@carl-ssl')
      symlinkSync(join(from, 'node_modules', name), join(to, 'node_modules', name), 'junction');
}
