import { resolve } from 'node:path';
import { createCatalogue, findClashes, type Catalogue, type LoadedPlugin } from '../plugin/catalogue.js';
import { isPluginPath } from '../catalogue/find.js';
import { clashText, loadPlugin, withStanding } from '../catalogue/load.js';
import { PluginError } from '../plugin/plugin-error.js';
import { blame } from '../schema/blame.js';
import { validatorOf } from '../schema/validator.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { readDocument } from './extend.js';
import { withEntry, type MappingNode, type ScalarNode } from './node.js';
import { PipelineError } from './pipeline-error.js';

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
      const loaded = await loadPlugin(node.value, node.place.source.folder);
      const same = [...places.keys()].find(other => other.plugin === loaded.plugin);
      if (same)
        throw new PluginError('PLUGIN_DUPLICATE', `\`${node.value}\` is listed twice.`, 'Remove one of the two.');
      places.set(loaded, node);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      diagnostics.push(complain(node, error));
    }
  }
  const plugins = await withStanding([...places.keys()]);
  for (const clash of findClashes(plugins)) {
    const node = places.get(clash.plugins[1]);
    if (node) diagnostics.push(complain(node, new PluginError('PLUGIN_CLASH', clashText(clash))));
  }
  return { catalogue: withoutBadSchemas(createCatalogue(plugins), places, diagnostics), diagnostics, places };
}

/** Plugins whose schemas cannot be compiled are left out and told, one after the other. */
function withoutBadSchemas(
  catalogue: Catalogue,
  places: ListedPlugins['places'],
  diagnostics: Diagnostic[],
): Catalogue {
  try {
    validatorOf(catalogue);
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

/** What a file and those it extends list as plugins, and the folders to look them up from. @throws PipelineError */
export async function readPluginNames(
  file: string,
): Promise<readonly { readonly name: string; readonly folder: string }[]> {
  const { root, diagnostics } = await readDocument(file, process.cwd(), () => false);
  if (!root) throw new PipelineError(diagnostics);
  return namesIn(root).map(({ value, place }) => ({ name: value, folder: place.source.folder }));
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
