import { resolve } from 'node:path';
import { builtinSlots } from '../contracts/slots.js';
import { createCatalogue, findClashes, type Catalogue, type LoadedPlugin } from '../plugin/catalogue.js';
import { findPlugin, isPluginPath } from '../catalogue/find.js';
import { FIRST_PARTY } from '../catalogue/first-party.js';
import { builtinPlugin, clashText, loadLocated, loadUsed } from '../catalogue/load.js';
import { requireTrust } from '../catalogue/trust.js';
import { PluginError } from '../plugin/plugin-error.js';
import { blame } from '../schema/blame.js';
import { validatorOf } from '../schema/validator.js';
import { diagnose, MOST_ERRORS, type Diagnostic } from './diagnostic.js';
import { readDocument } from './extend.js';
import { withEntry, type MappingNode, type Node, type ScalarNode } from './node.js';
import { PipelineError } from './pipeline-error.js';

/** The plugins of a pipeline, as far as they can be loaded. */
export interface ListedPlugins {
  readonly catalogue: Catalogue;
  readonly diagnostics: readonly Diagnostic[];
  /** Where each plugin is listed. */
  readonly places: ReadonlyMap<LoadedPlugin, ScalarNode>;
}

/** Folders of plugins that a run was trained with, by name. */
export type PluginFolders = ReadonlyMap<string, string>;

/** Where plugins are looked up, and names of components that the pipeline does not mention. */
interface LoadingOptions {
  readonly pluginFolders?: PluginFolders;
  readonly uses?: readonly string[];
}

/**
 * Loads the plugins that `plugins:` lists and those of this project that the pipeline uses. A name is looked up in the
 * given folders, then from the folder of the file it is written in.
 */
export async function loadListed(
  root: MappingNode,
  { pluginFolders: folders = new Map(), uses = [] }: LoadingOptions = {},
): Promise<ListedPlugins> {
  const diagnostics: Diagnostic[] = [];
  const places = new Map<LoadedPlugin, ScalarNode>();
  for (const node of namesIn(root)) {
    if (diagnostics.length === MOST_ERRORS) break;
    try {
      const loaded = await loadFrom(node, folders);
      const same = [...places.keys()].find(other => other.plugin === loaded.plugin);
      if (same)
        throw new PluginError('PLUGIN_DUPLICATE', `\`${node.value}\` is listed twice.`, 'Remove one of the two.');
      places.set(loaded, node);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      diagnostics.push(complain(node, error));
    }
  }
  const listed = [...places.keys()];
  for (const clash of findClashes([builtinPlugin(), ...listed])) {
    const node = places.get(clash.plugins[1]);
    if (node) diagnostics.push(complain(node, new PluginError('PLUGIN_CLASH', clashText(clash))));
  }
  const used = await loadUsed(new Set([...textsIn(root), ...DEFAULTS, ...uses]), listed);
  const catalogue = createCatalogue([builtinPlugin(), ...listed, ...used]);
  return { catalogue: withoutBadSchemas(catalogue, places, diagnostics), diagnostics, places };
}

/** Default components of keys that a pipeline may leave out. */
const DEFAULTS = builtinSlots.flatMap(({ keys = [] }) => keys.flatMap(one => one.default?.use ?? []));

async function loadFrom({ value: name, place }: NameNode, folders: PluginFolders): Promise<LoadedPlugin> {
  const folder = folders.get(name);
  const location = await findPlugin(folder ?? name, folder ?? place.source.folder);
  await requireTrust({ ...location, name, listedIn: place.source.name });
  return { ...(await loadLocated(folder ?? name, location)), name };
}

/** Every string in a pipeline: some are names of components. */
function textsIn(node: Node): readonly string[] {
  if (node.kind === 'scalar') return typeof node.value === 'string' ? [node.value] : [];
  const inner = node.kind === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value);
  return inner.flatMap(textsIn);
}

/** Leaves out plugins of others whose schemas cannot be compiled, with a diagnostic for each. */
function withoutBadSchemas(
  catalogue: Catalogue,
  places: ListedPlugins['places'],
  diagnostics: Diagnostic[],
): Catalogue {
  try {
    const validator = validatorOf(catalogue);
    for (const { name, plugin } of places.keys()) if (!FIRST_PARTY.includes(name)) validator.compile(plugin);
    return catalogue;
  } catch (error) {
    const fault = blame(catalogue);
    const node = fault && places.get(fault.plugin);
    if (!node) throw error;
    diagnostics.push(complain(node, fault.error));
    return withoutBadSchemas(
      createCatalogue(catalogue.plugins.filter(one => one !== fault.plugin)),
      places,
      diagnostics,
    );
  }
}

/** Plugins of a pipeline, as far as its files name them. */
interface NamedPlugins {
  /** Listed plugins, with the folders to look them up from and the files that list them. */
  readonly names: readonly { readonly name: string; readonly folder: string; readonly listedIn: string }[];
  /** Every text that may be the name of a component. */
  readonly uses: ReadonlySet<string>;
}

/** Names of the plugins of a file and those it extends. @throws PipelineError */
export async function readPluginNames(file: string): Promise<NamedPlugins> {
  const { root, diagnostics } = await readDocument(file, process.cwd(), () => false);
  if (!root) throw new PipelineError(diagnostics);
  const names = namesIn(root).map(({ value, place: { source } }) => ({
    name: value,
    folder: source.folder,
    listedIn: source.name,
  }));
  return { names, uses: new Set([...textsIn(root), ...DEFAULTS]) };
}

/** Paths of plugins made absolute, as other paths are. */
export function absolutePlugins(root: MappingNode): MappingNode {
  const entry = root.entries.get('plugins');
  if (entry?.value.kind !== 'list') return root;
  const items = entry.value.items.map(item => {
    const isPath = item.kind === 'scalar' && typeof item.value === 'string' && isPluginPath(item.value);
    return isPath ? { ...item, value: resolve(item.place.source.folder, item.value) } : item;
  });
  return withEntry(root, 'plugins', { key: entry.key, value: { ...entry.value, items } });
}

type NameNode = ScalarNode & { readonly value: string };

function namesIn(root: MappingNode): readonly NameNode[] {
  const list = root.entries.get('plugins')?.value;
  const items = list?.kind === 'list' ? list.items : [];
  return items.filter(
    (item): item is NameNode => item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '',
  );
}

function complain(node: ScalarNode, error: PluginError): Diagnostic {
  const { problem, text, remedy } = error;
  return diagnose(node.place, { code: problem, message: text, ...(remedy && { remedy }), path: ['plugins'] });
}
