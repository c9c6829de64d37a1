import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import builtin from '../builtin/plugin.js';
import { createCatalogue, findClashes, type Catalogue, type Clash, type LoadedPlugin } from '../plugin/catalogue.js';
import { checkPlugin } from '../plugin/contract.js';
import { findPlugin } from './find.js';
import { BACKEND_PACKAGES, FIRST_PARTY } from './first-party.js';
import { integrityOf } from './integrity.js';
import { PluginError } from '../plugin/plugin-error.js';

const CORE = '@carl-ssl/core';

/** The catalogue of these plugins and of the components that are built in. @throws CarlError INPUT_PLUGIN or PLUGIN_CONTRACT */
export async function loadPlugins(names: readonly string[], fromDirectory: string): Promise<Catalogue> {
  const listed: LoadedPlugin[] = [];
  for (const name of names) listed.push(await loadPlugin(name, fromDirectory));
  const [clash] = findClashes([await builtinPlugin(), ...listed]);
  if (clash) throw new PluginError('PLUGIN_CLASH', clashText(clash));
  return createCatalogue(await withStanding(listed));
}

/** One plugin by its npm name, or by a path relative to the folder. @throws PluginError */
export async function loadPlugin(name: string, folder: string): Promise<LoadedPlugin> {
  const { path, entry, version } = await findPlugin(name, folder);
  const plugin = await importDefault(name, entry);
  checkPlugin(name, plugin);
  return { name, version, path: await realpath(path), integrity: await integrityOf(entry, path === entry), plugin };
}

/** All of this project's plugins that are installed. */
export async function loadFirstParty(): Promise<Catalogue> {
  return createCatalogue([await builtinPlugin(), ...(await loadInstalled(FIRST_PARTY))]);
}

/** With what every pipeline has unlisted: the built-in components, and at the end this project's backends. */
export async function withStanding(listed: readonly LoadedPlugin[]): Promise<readonly LoadedPlugin[]> {
  const backends = BACKEND_PACKAGES.filter(name => !listed.some(plugin => plugin.name === name));
  return [await builtinPlugin(), ...listed, ...(await loadInstalled(backends))];
}

/** Those that are not installed, or do not load, are left out. */
async function loadInstalled(names: readonly string[]): Promise<readonly LoadedPlugin[]> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const loaded = await Promise.allSettled(names.map(name => loadPlugin(name, folder)));
  return loaded.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
}

let ownPlugin: Promise<LoadedPlugin> | undefined;

/** The components this package brings itself; its program is read once. */
export function builtinPlugin(): Promise<LoadedPlugin> {
  ownPlugin ??= loadBuiltin();
  return ownPlugin;
}

async function loadBuiltin(): Promise<LoadedPlugin> {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  const entry = fileURLToPath(new URL('../index.js', import.meta.url));
  return {
    name: CORE,
    version,
    path: fileURLToPath(new URL('../..', import.meta.url)),
    integrity: await integrityOf(entry, false),
    plugin: builtin,
  };
}

/** What a clash is, for the user who listed both. */
export function clashText({ slot, use, plugins: [first, second] }: Clash): string {
  return `\`${first.name}\` and \`${second.name}\` both have the ${slot} \`${use}\`; a pipeline can list one of them.`;
}

async function importDefault(name: string, entry: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(entry).href)) as { default?: unknown }).default;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new PluginError(
      'PLUGIN_LOAD',
      `Loading \`${name}\` ended with an error: ${message}`,
      'Is it installed with all it depends on?',
      { cause },
    );
  }
}
