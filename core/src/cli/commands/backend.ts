import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { Installer } from '../../contracts/installer.js';
import { CarlError } from '../../errors/carl-error.js';

interface InstallFlags {
  readonly gpu?: boolean;
  readonly from?: string;
  readonly python?: string;
  readonly keepDownloads?: boolean;
}

/** `carl backend install|remove|status NAME`: NAME is that of `@carl-ssl/backend-NAME`, or a package's whole name. */
export function register(backend: Command): void {
  backend
    .command('install <name>')
    .description('Fetch and build what a backend needs, in the cache folder ($CARL_CACHE or ~/.cache/carl-ssl).')
    .option('--gpu', 'what an NVIDIA GPU needs as well')
    .option('--from <folder>', 'take files from this folder instead of downloading them')
    .option('--python <path>', 'the Python interpreter to use (default: python3)')
    .option('--keep-downloads', 'do not delete what was downloaded')
    .addHelpText('after', example('install tensorflow'))
    .action(installBackend);
  backend
    .command('remove <name>')
    .description('Delete what was installed for a backend.')
    .addHelpText('after', example('remove tensorflow'))
    .action(removeBackend);
  backend
    .command('status <name>')
    .description('Say what is installed for a backend.')
    .addHelpText('after', example('status tensorflow'))
    .action(showBackend);
}

async function installBackend(name: string, flags: InstallFlags): Promise<void> {
  const { gpu = false, keepDownloads = false, from, python } = flags;
  const installer = await installerOf(name);
  await installer.install({ gpu, keepDownloads, from, python, terminal: process.stdout.isTTY, report: print });
}

async function removeBackend(name: string): Promise<void> {
  const installer = await installerOf(name);
  const bytes = await installer.remove(print);
  print(bytes === 0 ? 'Nothing was installed.' : `${gigabytes(bytes)} freed.`);
}

async function showBackend(name: string): Promise<void> {
  const installer = await installerOf(name);
  for (const { variant, state, folder, versions = {}, bytes } of await installer.status()) {
    const list = Object.entries(versions).map(([part, version]) => ` ${part} ${version}`);
    print(`${variant}: ${state}${list.join(',')}${bytes === undefined ? '' : `, ${gigabytes(bytes)} in ${folder}`}`);
  }
}

/** @throws CarlError INPUT_ARGUMENT when there is no such package, or nothing to install for it */
async function installerOf(name: string): Promise<Installer> {
  const packageName = /[@/]/.test(name) ? name : `@carl-ssl/backend-${name}`;
  const { installer } = (await import(entryOf(packageName))) as { installer?: Installer };
  if (!installer)
    throw new CarlError('INPUT_ARGUMENT', `The backend ${name} needs no installing: npm brought all of it.`);
  return installer;
}

/** The package's file, looked for from the folder the user is in, then from this program. */
function entryOf(packageName: string): string {
  for (const start of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return pathToFileURL(createRequire(start).resolve(packageName)).href;
    } catch {
      // Not from here.
    }
  }
  const remedy = `Check the name, or add the package: npm install ${packageName}`;
  throw new CarlError('INPUT_ARGUMENT', `There is no package ${packageName} to install a backend from. ${remedy}`);
}

const example = (words: string): string => `\nExample:\n  carl backend ${words}`;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
