import { resolve } from 'node:path';
import { createCatalogue, findClashes, type Catalogue, type LoadedPlugin } from '../plugin/catalogue.js';
import { isPluginPath } from '../plugin/find.js';
import { builtinPlugin, clashText, loadPlugin } from '../plugin/load.js';
import { PluginError } from '../plugin/plugin-error.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { withEntry, type MappingNode, type ScalarNode } from './node.js';

/** The plugins a pipeline lists, as far as they can be loaded. */
export interface ListedPlugins {
  readonly catalogue: Catalogue;
  readonly diagnostics: readonly Diagnostic[];
  /** Where each plugin is listed. */
  readonly places: ReadonlyMap<LoadedPlugin, ScalarNode>;
}

/** Loads what `plugins:` lists; each name is looked up from the folder of the file it is written in. */
export async function loadListed(root: MappingNode): Promise<ListedPlugins> {
  const diagnostics: Diagnostic[] = [];
  const places = new Map<LoadedPlugin, ScalarNode>();
  for (const node of namesIn(root)) {
    try {
      places.set(await loadPlugin(node.value, node.place.source.folder), node);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      diagnostics.push(complain(node, error));
    }
  }
  const plugins = [await builtinPlugin(), ...places.keys()];
  for (const clash of findClashes(plugins)) {
    const node = places.get(clash.plugins[1]);
    if (node) diagnostics.push(complain(node, new PluginError('PLUGIN_CLASH', clashText(clash))));
  }
  return { catalogue: createCatalogue(plugins), diagnostics, places };
}

/** Paths of plugins made absolute, as other paths are. */
export function absolutePlugins(root: MappingNode): MappingNode {
  const entry = root.entries.get('plugins');
  if (entry?.value.kind !== 'list') return root;
  const items = entry.value.items.map(item => {
    const isPath = item.kind === 'scalar' && typeof item.value === 'string' && isPluginPath(item.value);
    return isPath ? { ...item, value: resolve(item.place.source.folder, item.value as string) } : item;
  });
  return withEntry(root, 'plugins', { key: entry.key, value: { ...entry.value, items } });
}

type NameNode = ScalarNode & { readonly value: string };

/** Names listed twice are loaded once; the schema complains of them. */
function namesIn(root: MappingNode): readonly NameNode[] {
  const list = root.entries.get('plugins')?.value;
  const items = list?.kind === 'list' ? list.items : [];
  const names = items.filter((item): item is NameNode => item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '');
  return names.filter((one, index) => names.findIndex(other => other.value === one.value) === index);
}

function complain(node: ScalarNode, error: PluginError): Diagnostic {
  const { problem, text, remedy } = error;
  return diagnose(node.place, { code: problem, message: text, ...(remedy && { remedy }), path: ['plugins'] });
}
