import { loadFirstParty } from '../catalogue/load.js';
import { createCatalogue, type Catalogue } from '../plugin/catalogue.js';
import { readDocument } from './extend.js';
import { loadListed } from './listed-plugins.js';
import { isComponentKey } from './load.js';
import { inOrder, PipelineError, refuseErrors } from './pipeline-error.js';

/**
 * Everything that a pipeline could use: the plugins that it lists and all of this project. The rest of the pipeline may be
 * wrong, since editors need the schema to show errors.
 * @throws PipelineError if the file is not YAML or a plugin cannot be loaded
 */
export async function editorCatalogue(file: string): Promise<Catalogue> {
  const { root, diagnostics } = await readDocument(file, process.cwd(), isComponentKey);
  if (!root) throw new PipelineError(inOrder(diagnostics));
  const listed = await loadListed(root);
  refuseErrors(listed.diagnostics);
  const known = listed.catalogue.plugins;
  const others = (await loadFirstParty()).plugins.filter(({ plugin }) => !known.some(one => one.plugin === plugin));
  return createCatalogue([...known, ...others]);
}
