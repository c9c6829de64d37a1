import type { Command } from 'commander';
import { installerOf } from '../../backend/installers.js';
import { listBackends } from '../../backend/list.js';
import { loadPlugins, withBackends } from '../../catalogue/load.js';
import type { Catalogue } from '../../plugin/catalogue.js';
import { oneOf } from '../parse-option.js';
import { backendTable, gigabytes } from './backend-table.js';

interface PluginFlag {
  readonly plugin?: readonly string[];
}

interface ListFlags extends PluginFlag {
  readonly format: 'text' | 'json';
}

interface InstallFlags extends PluginFlag {
  readonly from?: string;
  readonly python?: string;
  readonly keepDownloads?: boolean;
}

const PLUGIN = ['--plugin <name...>', 'packages of third-party backends'] as const;

/** Registers `carl backend list | install NAME | remove NAME`. */
export function register(backend: Command): void {
  registerList(backend);
  registerInstall(backend);
  backend
    .command('remove <name>')
    .description('Delete the installation of a backend and its downloads.')
    .option(...PLUGIN)
    .addHelpText('after', '\nExample:\n  carl backend remove tensorflow')
    .action(remove);
}

function registerList(backend: Command): void {
  const examples = `
The backend marked * is the one that \`backend: { use: auto }\` picks.

Examples:
  carl backend list                  availability and installations on this machine
  carl backend list --format json    the same for programs`;
  backend
    .command('list')
    .description('List backends: which are available, which one `auto` picks, how to get the others.')
    .option(...PLUGIN)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', examples)
    .action(list);
}

function registerInstall(backend: Command): void {
  const examples = `
Examples:
  carl backend install tensorflow        for the processor
  carl backend install tensorflow-gpu    for NVIDIA GPUs`;
  backend
    .command('install <name>')
    .description('Download and build a backend, in the cache folder ($CARL_CACHE or ~/.cache/carl-ssl).')
    .option(...PLUGIN)
    .option('--from <folder>', 'take files from this folder instead of downloading them')
    .option('--python <path>', 'Python interpreter (default: python3)')
    .option('--keep-downloads', 'do not delete the downloaded files')
    .addHelpText('after', examples)
    .action(install);
}

/** The plugins given, and the backends of this project. */
const catalogueOf = async ({ plugin = [] }: PluginFlag): Promise<Catalogue> =>
  withBackends(await loadPlugins(plugin, process.cwd()));

async function list({ format, ...flags }: ListFlags): Promise<void> {
  const listings = await listBackends(await catalogueOf(flags));
  print(format === 'json' ? JSON.stringify(listings, undefined, 2) : backendTable(listings));
}

async function install(name: string, flags: InstallFlags): Promise<void> {
  const { keepDownloads = false, from, python } = flags;
  const installer = installerOf(await catalogueOf(flags), name);
  await installer.install({ keepDownloads, from, python, terminal: process.stdout.isTTY, report: print });
}

async function remove(name: string, flags: PluginFlag): Promise<void> {
  const bytes = await installerOf(await catalogueOf(flags), name).remove(print);
  print(bytes === 0 ? `${name} was not installed.` : `Removed ${name}; freed ${gigabytes(bytes)}.`);
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
