import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import builtin from '../builtin/plugin.js';
import { createCatalogue, findClashes, type Catalogue, type Clash, type LoadedPlugin } from '../plugin/catalogue.js';
import { checkPlugin } from '../plugin/contract.js';
import { admitPlugin } from '../plugin/outside-plugin.js';
import { CALL_LIMIT, callPlugin, culpritOf, recordOutsidePlugin } from '../plugin/plugin-calls.js';
import { pluginFault, PluginError } from '../plugin/plugin-error.js';
import { restoreShared, sharedState } from '../plugin/shared-prototypes.js';
import { messageOf } from '../text/message-of.js';
import { findPlugin, type PluginLocation } from './find.js';
import { BACKEND_PACKAGES, CORE, FIRST_PARTY, packagesWith } from './first-party.js';
import { integrityOf } from './integrity.js';
import { nestedDefaults } from './nested-defaults.js';
import { isFirstParty, refuseCopies } from './own-packages.js';

/** The catalogue of the named plugins and the built-in components. @throws CarlError INPUT_PLUGIN or PLUGIN_CONTRACT */
export async function loadPlugins(names: readonly string[], fromDirectory: string): Promise<Catalogue> {
  const listed: LoadedPlugin[] = [];
  for (const name of names) listed.push(await loadPlugin(name, fromDirectory));
  const [clash] = findClashes([builtinPlugin(), ...listed]);
  if (clash) throw new PluginError('PLUGIN_CLASH', clashText(clash));
  return createCatalogue([builtinPlugin(), ...listed]);
}

/**
 * Loads one plugin by its npm name, or by a path relative to the folder.
 * @param limit milliseconds that loading may take
 * @throws PluginError
 */
export async function loadPlugin(name: string, folder: string, limit = CALL_LIMIT): Promise<LoadedPlugin> {
  return loadLocated(name, await findPlugin(name, folder), limit);
}

/** Loads a plugin from its location. @throws PluginError */
export async function loadLocated(
  name: string,
  { path: found, entry, version, packageName }: PluginLocation,
  limit = CALL_LIMIT,
): Promise<LoadedPlugin> {
  await refuseCopies(name, entry);
  const path = await realpath(found);
  const located = { name, version, path, integrity: () => integrityOf(entry, found === entry) };
  if (await isFirstParty(packageName, path)) {
    const { exported: plugin } = await importDefault(name, entry);
    checkPlugin(name, plugin);
    return { ...located, plugin };
  }
  recordOutsidePlugin(name, path);
  const call = { plugin: name, place: 'loading it', limit: CALL_LIMIT + GRACE, untilSettled: true };
  const before = sharedState();
  try {
    const { exported } = await callPlugin(call, () => withinLimit(name, importDefault(name, entry), limit));
    return { ...located, plugin: admitPlugin(name, exported) };
  } finally {
    refuseChanges(name, restoreShared(before));
  }
}

/** @throws PluginError if a plugin changed objects of the language, which all code of the process shares */
function refuseChanges(name: string, changed: readonly string[]): void {
  if (changed.length === 0) return;
  const list = changed.slice(0, 3).join(', ');
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : '';
  const text = `Loading \`${name}\` changes ${list}${more}, which all other code uses.`;
  throw new PluginError('PLUGIN_BROKEN', text, pluginFault(name));
}

/** Milliseconds after the limit of a load at which a thread that is still blocked is given up. */
const GRACE = 1000;

async function withinLimit<T>(name: string, work: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const text = `Loading \`${name}\` did not finish within ${limit / 1000} s.`;
      reject(new PluginError('PLUGIN_LOAD', text, pluginFault(name)));
    }, limit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Loads all plugins of this project that are installed. */
export async function loadFirstParty(): Promise<Catalogue> {
  return createCatalogue([builtinPlugin(), ...(await loadInstalled(FIRST_PARTY))]);
}

/**
 * Loads the plugins of this project that have components of the given `use` names, and those that the defaults of their
 * options name.
 */
export async function loadUsed(
  uses: ReadonlySet<string>,
  listed: readonly LoadedPlugin[],
): Promise<readonly LoadedPlugin[]> {
  const names = new Set(uses);
  const loaded: LoadedPlugin[] = [];
  for (;;) {
    const known = new Set([...listed, ...loaded].map(({ name }) => name));
    const missing = packagesWith(names).filter(name => !known.has(name));
    const more = await loadInstalled(missing);
    if (more.length === 0) return loaded;
    loaded.push(...more);
    for (const use of more.flatMap(({ plugin }) => nestedDefaults(plugin))) names.add(use);
  }
}

/** The catalogue with all backends of this project that are installed. */
export async function withBackends(catalogue: Catalogue): Promise<Catalogue> {
  const missing = BACKEND_PACKAGES.filter(name => !catalogue.plugins.some(plugin => plugin.name === name));
  return createCatalogue([...catalogue.plugins, ...(await loadInstalled(missing))]);
}

/** True for an error that says nothing of the plugin: too many files are open. */
function isLimit(cause: unknown): boolean {
  return ['EMFILE', 'ENFILE'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** Leaves out those that are not installed or do not load. */
async function loadInstalled(names: readonly string[]): Promise<readonly LoadedPlugin[]> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const loaded = await Promise.allSettled(names.map(name => loadPlugin(name, folder)));
  const limited = loaded.find(one => one.status === 'rejected' && isLimit((one.reason as Error).cause));
  if (limited?.status === 'rejected') throw (limited.reason as Error).cause;
  return loaded.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
}

let ownPlugin: LoadedPlugin | undefined;

/** The plugin with the built-in components of this package. */
export function builtinPlugin(): LoadedPlugin {
  ownPlugin ??= loadBuiltin();
  return ownPlugin;
}

function loadBuiltin(): LoadedPlugin {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  const entry = fileURLToPath(new URL('../index.js', import.meta.url));
  return {
    name: CORE,
    version,
    path: fileURLToPath(new URL('../..', import.meta.url)),
    integrity: () => integrityOf(entry, false),
    plugin: builtin,
  };
}

/** Error message for a clash. */
export function clashText({ slot, use, plugins: [first, second] }: Clash): string {
  return `\`${first.name}\` and \`${second.name}\` both have the ${slot} \`${use}\`; a pipeline can list one of them.`;
}

/** The default export, in an object: a promise of the export itself would look for its `then`. */
async function importDefault(name: string, entry: string): Promise<{ readonly exported: unknown }> {
  try {
    const module = (await import(pathToFileURL(entry).href)) as { default?: unknown };
    return { exported: module.default };
  } catch (cause) {
    const { place } = culpritOf(cause) ?? {};
    const text = `Loading \`${name}\` failed: ${messageOf(cause)}${place === undefined ? '' : ` at ${place}`}`;
    throw new PluginError(
      'PLUGIN_LOAD',
      text,
      'Are all its dependencies installed? If so, this is a bug in the plugin; its author must fix it.',
      { cause },
    );
  }
}
